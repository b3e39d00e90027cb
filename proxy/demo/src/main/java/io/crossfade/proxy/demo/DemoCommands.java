package io.crossfade.proxy.demo;

import io.crossfade.proxy.cli.CommandProvider;
import io.crossfade.proxy.demo.app.AppCommand;
import java.util.List;

/** Adds the demo to the command line. */
public final class DemoCommands implements CommandProvider {
    @Override
    public List<Class<?>> commands() {
        return List.of(DemoCommand.class, AppCommand.class);
    }
}
