from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.contract.covering import covering

SIZES = st.lists(st.integers(1, 5), min_size=2, max_size=6)


@given(sizes=SIZES, strength=st.integers(2, 3))
def test_any_columns_have_every_combination_of_their_values(sizes: list[int], strength: int) -> None:
    columns = {str(number): range(size) for number, size in enumerate(sizes)}
    rows = covering(columns, strength)
    for chosen in combinations(columns, min(strength, len(columns))):
        found = {tuple(row[name] for name in chosen) for row in rows}
        assert set(product(*(columns[name] for name in chosen))) == found


@pytest.mark.parametrize(("values", "columns", "rows"), [(5, 6, 25), (6, 2, 49), (2, 14, 169)])
def test_there_are_as_many_rows_as_the_square_of_a_prime(values: int, columns: int, rows: int) -> None:
    made = covering({str(number): range(values) for number in range(columns)})
    assert rows == len(made)
