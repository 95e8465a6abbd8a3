"""Pictures of expert judgement: weights as a tree, a customer beside its grade."""
