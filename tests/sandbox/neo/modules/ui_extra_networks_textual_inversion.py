"""Of the page of extra networks, the embeddings: this host has no ``sd_hijack``."""

from modules.textual_inversion.textual_inversion import EmbeddingDatabase

embedding_db = EmbeddingDatabase()
embedding_db.load_textual_inversion_embeddings(force_reload=True)
