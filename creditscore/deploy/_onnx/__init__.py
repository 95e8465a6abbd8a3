"""A card as an ONNX graph: its inputs, the nodes that earn points, and what comes of them."""

from creditscore.deploy._onnx._to_onnx import to_onnx

__all__ = ["to_onnx"]
