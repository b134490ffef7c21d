"""Small healthy training programs, and dials that make them ill."""
