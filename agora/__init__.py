"""The only code that speaks to Agora: signing, the eight calls, and the shapes that go out and come back."""
