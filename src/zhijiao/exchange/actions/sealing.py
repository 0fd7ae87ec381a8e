"""Sealing files and short texts under the instance's key, for domains above that keep some of their own."""

from zhijiao.exchange.vault import Unreadable, key, seal, seal_text, unseal, unseal_text

__all__ = ["Unreadable", "key", "seal", "seal_text", "unseal", "unseal_text"]
