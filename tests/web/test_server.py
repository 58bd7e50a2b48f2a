"""Finding a port."""

from __future__ import annotations

import pytest

from kernel.errors import Unavailable
from web.server import listen


def test_a_taken_port_moves_to_the_next_free_one() -> None:
    first = listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    second = listen("127.0.0.1", port)
    assert port < second.getsockname()[1] < port + 50
    first.close()
    second.close()


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Unavailable, match="use --host"):
        listen("192.0.2.1", 8000)
