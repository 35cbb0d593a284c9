from flipsnack_contract.contract.ledger import messages, named


def test_messages_are_those_of_the_vendors_table() -> None:
    """Number and message, letter by letter, of the codes that collection.downloadHTML documents."""
    expected = {
        30: "Missing mandatory parameter",
        31: "Requests per second limit exceeded",
        32: "Requests per minute limit exceeded",
        40: "Bad request",
        41: "Invalid credentials",
        42: "Invalid action",
        43: "Forbidden",
        44: "Invalid signature",
    }
    assert expected == {code: messages()[code] for code in expected}


def test_a_code_is_named_for_readers() -> None:
    """With its message, or with a word that there is none."""
    assert "44 (Invalid signature)" == named(44)
    assert "99 (not in the table of the vendor)" == named(99)
