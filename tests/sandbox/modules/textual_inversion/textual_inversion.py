"""Textual inversion embeddings: files in one folder."""

import os

from modules import shared


class Embedding:
    def __init__(self, name, filename):
        self.name = name
        self.filename = filename
        self.step = None
        self.sd_checkpoint = None
        self.sd_checkpoint_name = None
        self.shape = 768
        self.vectors = 1


class EmbeddingDatabase:
    def __init__(self):
        self.word_embeddings = {}
        self.skipped_embeddings = {}

    def load_textual_inversion_embeddings(self, force_reload=False):
        self.word_embeddings.clear()
        folder = shared.cmd_opts.embeddings_dir
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            name, extension = os.path.splitext(file)
            if extension in (".pt", ".safetensors", ".bin"):
                self.word_embeddings[name] = Embedding(name, os.path.join(folder, file))
