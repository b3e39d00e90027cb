package io.crossfade.proxy.front.listen;

import io.crossfade.proxy.write.journal.Turns;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The threads that every gRPC listener shares, and the drivers that speak gRPC: a call comes, goes on to an engine and is
 * answered without a thread that is woken for it. Native epoll where there is one, which Unix sockets need.
 */
public final class EventLoops implements Turns, AutoCloseable {
    private static final boolean NATIVE;

    static {
        // Netty watches one buffer in 128 for leaks by default, which took 3 of 140 us of a dual write.
        String leaks = "io.grpc.netty.shaded.io.netty.leakDetection.level";
        System.setProperty(leaks, System.getProperty(leaks, "disabled"));
        NATIVE = Epoll.isAvailable();
    }

    private final EventLoopGroup boss;
    private final EventLoopGroup workers;
    private final List<EventExecutor> each = new ArrayList<>();

    public EventLoops(int count) {
        boss = group(1, "crossfade-accept");
        workers = group(count, "crossfade-io");
        workers.forEach(each::add);
    }

    private static EventLoopGroup group(int count, String name) {
        DefaultThreadFactory threads = new DefaultThreadFactory(name, true);
        return NATIVE ? new EpollEventLoopGroup(count, threads) : new NioEventLoopGroup(count, threads);
    }

    public NettyServerBuilder server(ListenAddress address) {
        NettyServerBuilder builder;
        if (address.isUnix()) {
            if (!NATIVE) {
                throw new IllegalArgumentException(address + " (expected: host:port on this platform)");
            }
            builder = NettyServerBuilder.forAddress(new DomainSocketAddress(address.path()))
                    .channelType(EpollServerDomainSocketChannel.class)
                    .withChildOption(ChannelOption.SO_KEEPALIVE, null);
        } else {
            builder = NettyServerBuilder.forAddress(address.toSocket())
                    .channelType(NATIVE ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
        }
        return builder.bossEventLoopGroup(boss).workerEventLoopGroup(workers);
    }

    /** For drivers: what they do there must not block. */
    public ScheduledExecutorService workers() {
        return workers;
    }

    @Override
    public boolean atEnd(Runnable task) {
        for (EventExecutor loop : each) {
            if (loop.inEventLoop() && !loop.isShuttingDown()) {
                loop.execute(task);
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        Future<?> accepting = boss.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        accepting.awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
