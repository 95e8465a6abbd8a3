"""How a firm operates: its size, its place in the market, its partners, its years."""
