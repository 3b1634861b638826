package dev.holdfast.transport;

import dev.holdfast.session.Endpoint;
import dev.holdfast.session.Gateway;
import dev.holdfast.session.Loop;
import java.util.List;

/** What the connections of one event loop share. On that loop. */
record Room(
    TransportSettings settings,
    Gateway gateway,
    Loop loop,
    List<Endpoint> endpoints,
    HttpHandler handler,
    Origins origins,
    Addresses addresses,
    Traffic traffic) {}
