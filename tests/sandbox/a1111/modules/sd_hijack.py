"""What is put into a loaded model: of it all, the embeddings."""

from modules.textual_inversion.textual_inversion import EmbeddingDatabase


class StableDiffusionModelHijack:
    def __init__(self):
        self.embedding_db = EmbeddingDatabase()
        self.comments = []
        self.extra_generation_params = {}

    def get_prompt_lengths(self, text):
        count = len(text.replace(",", " , ").split())
        return count, 75 * max(1, -(-count // 75))


model_hijack = StableDiffusionModelHijack()
