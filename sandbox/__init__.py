"""A stand-in for the Agora reseller API with its gateway rules, for the demo and the tests."""
