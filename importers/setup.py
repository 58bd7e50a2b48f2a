"""The `setup` file: a client's vendors, sites, queues, calendars and contracts in one TOML document.

Owns: the shape of that file and its all-or-nothing, idempotent application. Must not know: how a contract is
priced or a month is scored; it hands each part to the room that owns it.

Every table and key (an unknown one is a problem that names the allowed ones; all days are TOML days; `from` is
included, `to` is not; an alias is a text, or a table when it holds for a time only)::

    contracts = ["contracts/NOVA.toml"]     # optional, first in the file: paths relative to the file, each
                                            # imported as kind contract (interface section 6)

    [[vendor]]
    code = "NOVA"
    name = "Nova Operations"
    kind = "vendor"                         # optional: vendor (default) or in_house
    currency = "USD"                        # optional, default USD: currency of its invoices
    tier = "strategic"                      # optional
    aliases = ["Nova Ops", { text = "Nova Media", from = 2025-11-01, to = 2026-05-01 }]   # optional

    [[site]]
    vendor = "NOVA"
    code = "MNL"
    name = "Manila"
    timezone = "Asia/Manila"                # IANA name
    country = "PH"                          # optional
    aliases = ["Manila 1"]                  # optional

    [[queue]]
    code = "Q7"
    name = "Video live"
    severity = "P1"                         # optional: P0 to P3
    format = "video"                        # optional
    valid_from = 2025-11-01                 # optional: the day from which severity and format hold
    aliases = ["Vid Live"]                  # optional; the same code again with a later valid_from is a change

    [[holiday]]                             # days on which the client does not work
    day = 2026-12-25
    name = "Christmas Day"                  # optional

    [[network_target]]                      # replaces the default network template as a whole
    metric = "accuracy"
    weight = "0.15"                         # texts, as in contracts
    direction = "up"                        # up or down
    floor = "0.90"                          # optional
    target = "0.95"                         # optional
    gate_floor = "0.90"                     # optional, with gate: the rating it caps at
    gate = "inadequate"

    [[contract]]                            # a contract inline: the keys of a contract file
    vendor = "NOVA"
    number = "MSA-1"
    # ...
    [[contract.price]]
    id = "4.2"
    basis = "billable_hour"
    rate = "14.75"
"""
