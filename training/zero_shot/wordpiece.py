"""BERT's uncased tokenizer (normalizer, pre-tokenizer, WordPiece), from a tokenizer.json."""

import json
import unicodedata

WORD_CHARS_MAX = 100


def _is_cjk(c):
    c = ord(c)
    return (0x4E00 <= c <= 0x9FFF or 0x3400 <= c <= 0x4DBF or 0x20000 <= c <= 0x2A6DF or 0x2A700 <= c <= 0x2B73F
            or 0x2B740 <= c <= 0x2B81F or 0x2B820 <= c <= 0x2CEAF or 0xF900 <= c <= 0xFAFF or 0x2F800 <= c <= 0x2FA1F)


def _is_punctuation(c):
    return 33 <= ord(c) <= 47 or 58 <= ord(c) <= 64 or 91 <= ord(c) <= 96 or 123 <= ord(c) <= 126 or \
        unicodedata.category(c).startswith("P")


def _clean(text):
    for c in text:
        if c in "\t\n\r" or unicodedata.category(c) == "Zs":
            yield " "
        elif c == "\ufffd" or unicodedata.category(c).startswith("C"):
            continue
        else:
            yield f" {c} " if _is_cjk(c) else c


def words(text):
    """Lower case, without accents; each mark of punctuation is a word."""
    folded = unicodedata.normalize("NFD", "".join(_clean(text)))
    folded = "".join(c for c in folded if unicodedata.category(c) != "Mn").lower()
    return "".join(f" {c} " if _is_punctuation(c) else c for c in folded).split()


class WordPiece:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            model = json.load(f)["model"]
        self.vocabulary = model["vocab"]
        self.unknown = self.vocabulary["[UNK]"]
        self.cls, self.sep, self.pad = (self.vocabulary[t] for t in ("[CLS]", "[SEP]", "[PAD]"))

    def _word(self, word):
        if len(word) > WORD_CHARS_MAX:
            return [self.unknown]
        ids, at = [], 0
        while at < len(word):
            for end in range(len(word), at, -1):
                piece = self.vocabulary.get(("##" if at else "") + word[at:end])
                if piece is not None:
                    break
            else:
                return [self.unknown]
            ids.append(piece)
            at = end
        return ids

    def encode(self, text):
        """Token ids without [CLS] and [SEP]."""
        return [i for w in words(text) for i in self._word(w)]
