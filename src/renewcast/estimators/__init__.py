"""The models: a blend of trees and logistic regression, and the plain baselines that always stand beside it."""
