"""`make chaos`: random creates through the real portal while its parts are killed, compared with what Agora knows."""
