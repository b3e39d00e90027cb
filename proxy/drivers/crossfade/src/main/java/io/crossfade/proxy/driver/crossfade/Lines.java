package io.crossfade.proxy.driver.crossfade;

import io.crossfade.client.Connection;
import io.crossfade.proxy.time.Time;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Connections to another Crossfade: one on each event loop of the sidecar, so that a call goes on, and its reply is handled,
 * on the thread that it came on. A connection is made with the first call on it. They may lead to different processes, so what is
 * known of the process belongs to its line.
 */
final class Lines implements AutoCloseable {
    private static final int MOST = 8;

    private final List<Line> lines = new ArrayList<>();

    /**
     * @param target as {@link Connection} takes it
     * @param loops to be used if they are event loops; without any there is one connection, on threads of gRPC's own
     * @param settle how long after it was sent a write may begin there
     */
    Lines(
            String target,
            ChannelCredentials credentials,
            @Nullable ScheduledExecutorService loops,
            Duration settle,
            Time time) {
        if (loops instanceof EventLoopGroup group) {
            for (EventExecutor loop : group) {
                if (lines.size() < MOST) {
                    lines.add(new Line(onLoop(target, credentials, (EventLoop) loop), loop, settle, time));
                }
            }
        } else {
            Connection connection = Connection.direct(Grpc.newChannelBuilder(target, credentials));
            lines.add(new Line(connection, null, settle, time));
        }
    }

    private static Connection onLoop(String target, ChannelCredentials credentials, EventLoop loop) {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forTarget(target, credentials).eventLoopGroup(loop);
        if (target.startsWith("unix:")) {
            return Connection.direct(builder.channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class));
        }
        return Connection.direct(builder.channelType(
                loop.parent() instanceof EpollEventLoopGroup ? EpollSocketChannel.class : NioSocketChannel.class,
                InetSocketAddress.class));
    }

    /** A connection, and what is known of the process at its other end. */
    static final class Line {
        private final Connection connection;
        private final @Nullable EventExecutor loop;
        private final RemoteClock clock;
        private final Channel reads;
        private final Channel writes;
        private volatile @Nullable String described;

        private Line(Connection connection, @Nullable EventExecutor loop, Duration settle, Time time) {
            this.connection = connection;
            this.loop = loop;
            this.clock = new RemoteClock(time);
            this.reads = clock.whenever(connection.channel());
            this.writes = clock.within(connection.channel(), settle);
        }

        /** For calls that may begin whenever they arrive. */
        Channel reads() {
            return reads;
        }

        /** Whether anything was answered on it. */
        boolean isKnown() {
            return clock.isKnown();
        }

        /** For calls that must not begin too late; only once something is known. */
        Channel writes() {
            return writes;
        }

        /** Whether the process that has answered last has not described the collection yet. */
        boolean isNews() {
            return !clock.process().equals(described);
        }

        /** The process that has answered last has described the collection. */
        void isDescribed() {
            described = clock.process();
        }

        private boolean isOwn() {
            return loop != null && loop.inEventLoop();
        }
    }

    /** The line that is asked what there is at the other end. */
    Line first() {
        return lines.get(0);
    }

    /** The line of this thread, which may have been answered nothing yet; the first if it has none. */
    Line own() {
        for (Line line : lines) {
            if (line.isOwn()) {
                return line;
            }
        }
        return first();
    }

    @Override
    public void close() {
        Connection.close(lines.stream().map(line -> line.connection).toList());
    }
}
