package dev.holdfast.server.http;

import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.channel.Channels;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Pairings;
import dev.holdfast.kinds.device.Uploads;
import dev.holdfast.kinds.terminal.Milestones;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.auth.OpenIdProvider;
import dev.holdfast.server.device.DeviceCommands;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.server.mcp.McpEndpoint;
import dev.holdfast.server.metrics.StatsFeed;
import dev.holdfast.server.tool.ToolJson;
import dev.holdfast.session.Gateway;
import java.time.Instant;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP API speaks for. Any thread.
 *
 * @param openId who signs people in; null for nobody
 * @param ready whether new connections are taken
 * @param scrape the figures as Prometheus reads them
 * @param revoke makes a token worthless, by its id, until it ends by itself; false where too many
 *     are
 */
public record Parts(
    Channels channels,
    Agents agents,
    Terminals terminals,
    Milestones milestones,
    Tools tools,
    ToolJson toolJson,
    Devices devices,
    Pairings pairings,
    Uploads uploads,
    DeviceRights deviceRights,
    DeviceCommands deviceCommands,
    McpEndpoint mcp,
    StatsFeed stats,
    Gateway gateway,
    @Nullable OpenIdProvider openId,
    BooleanSupplier ready,
    Supplier<String> scrape,
    BiPredicate<String, Instant> revoke) {}
