"""The matching engine: accounts, their orders and order lists, and what becomes of them in the market."""

__all__: list[str] = []
