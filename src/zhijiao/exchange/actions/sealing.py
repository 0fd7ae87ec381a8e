"""Sealing files under the instance's key, for domains above that keep files of their own."""

from zhijiao.exchange.vault import seal, unseal

__all__ = ["seal", "unseal"]
