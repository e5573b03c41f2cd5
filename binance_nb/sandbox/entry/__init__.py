"""Order entry: from the parameters of a call to orders, and from orders to the replies that print them."""

__all__: list[str] = []
