"""Groups that lie in the data: k-means, with the evidence for them."""
