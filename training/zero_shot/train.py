#!/usr/bin/python3
"""Learns the zero-shot model. See README.md."""

import argparse
import collections
import os
import time

import torch
import torch.nn.functional as F

import data
import export
import measure
from bert import CrossEncoder, read_safetensors
from wordpiece import WordPiece

SEED = 20261128
EPOCHS = 2
BATCH, WINDOW = 12, 16  # groups of a batch; batches that are put in order of length together
TEXT_TOKENS, LABEL_TOKENS, MARKS = 64, 32, 3  # MARKS: [CLS] and twice [SEP]
RATE, HEAD_RATE, WARM, DECAY = 1e-4, 1e-3, 0.06, 0.01
ALONE = 0.2  # how much a pair counts by itself beside its group
FROZEN_LAYERS = 2
LIKENESS_ROWS = 6  # of an intent, to find those like it
KEEP_EVERY = 25  # steps: a run that is cut off goes on from there


class Pairs:
    """[CLS] text [SEP] label [SEP], padded to the longest of a batch."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.memory = {}

    def ids(self, text, limit):
        if text not in self.memory:
            self.memory[text] = self.tokenizer.encode(text)
        return self.memory[text][:limit]

    def length(self, group):
        return min(len(self.ids(group.text, None)), TEXT_TOKENS)

    def alone(self, texts):
        """[CLS] text [SEP], as the embedding model reads it: ids and mask."""
        t = self.tokenizer
        rows = [[t.cls, *self.ids(text, TEXT_TOKENS), t.sep] for text in texts]
        longest = max(map(len, rows))
        ids = torch.tensor([r + [t.pad] * (longest - len(r)) for r in rows])
        return ids, (ids != t.pad).long()

    def batch(self, pairs):
        t = self.tokenizer
        rows = []
        for text, label in pairs:
            a, b = [t.cls, *self.ids(text, TEXT_TOKENS), t.sep], [*self.ids(label, LABEL_TOKENS), t.sep]
            rows.append((a + b, [0] * len(a) + [1] * len(b)))
        longest = max(len(r[0]) for r in rows)
        ids = torch.tensor([r[0] + [t.pad] * (longest - len(r[0])) for r in rows])
        types = torch.tensor([r[1] + [0] * (longest - len(r[1])) for r in rows])
        mask = torch.tensor([[1] * len(r[0]) + [0] * (longest - len(r[0])) for r in rows])
        return ids, mask, types


def likest(model, pairs, path):
    """Of each intent, the others by the cosine of their mean vectors under the embedding model that it starts from."""
    by = data.clinc(path)
    names = [r[0] for r in data.rows(f"{data.HERE}/intents.tsv")]
    vectors = []
    with torch.no_grad():
        for name in names:
            ids, mask = pairs.alone(by[name][:LIKENESS_ROWS])
            h = model.hidden(ids, mask, torch.zeros_like(ids), first_only=False) * mask[:, :, None]
            vectors.append(F.normalize(h.sum(dim=(0, 1)), dim=0))
    likeness = torch.stack(vectors) @ torch.stack(vectors).T
    return {name: [names[j] for j in likeness[i].argsort(descending=True).tolist() if j != i] for i, name in enumerate(names)}


def batches(groups, pairs, chance):
    made = []
    for at in range(0, len(groups), BATCH * WINDOW):
        window = sorted(groups[at:at + BATCH * WINDOW], key=pairs.length)
        made += [window[i:i + BATCH] for i in range(0, len(window), BATCH)]
    chance.shuffle(made)
    return made


def loss_of(model, pairs, batch):
    scores = model(*pairs.batch([(g.text, label) for g in batch for label in g.labels]))
    rows = torch.split(scores, [len(g.labels) for g in batch])
    width = max(map(len, rows))
    padded = torch.stack([F.pad(r, (0, width - len(r)), value=-1e4) for r in rows])
    fits = torch.zeros_like(padded)
    fits[:, 0] = 1
    alone = F.binary_cross_entropy_with_logits(padded, fits, reduction="none")[padded > -1e4].mean()
    return F.cross_entropy(padded, torch.zeros(len(rows), dtype=torch.long)) + ALONE * alone


def keep(path, step, model, optimizer, schedule):
    torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
                "chance": torch.get_rng_state()}, path + ".new")
    os.replace(path + ".new", path)


def resume(path, model, optimizer, schedule):
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    schedule.load_state_dict(saved["schedule"])
    torch.set_rng_state(saved["chance"])
    print(f"goes on after step {saved['step']}", flush=True)
    return saved["step"]


def learn(model, pairs, path, epochs, limit, out):
    chance = data.random_of(SEED)
    wordings = data.Wordings()
    texts = data.tickets("train") + data.examples()
    near = likest(model, pairs, path)
    steps = [b for _ in range(epochs) for b in batches(data.epoch(texts, path, near, wordings, chance), pairs, chance)]
    frozen = {"word", "position", "token_type", "n0_w", "n0_b"}
    for n, p in model.weights.items():
        p.requires_grad_(n not in frozen and not (n[0].isdigit() and int(n[0]) < FROZEN_LAYERS))
    head = [model.get("head.w"), model.get("head.b")]
    body = [p for n, p in model.weights.items() if p.requires_grad and not n.startswith("head")]
    optimizer = torch.optim.AdamW([{"params": body}, {"params": head, "lr": HEAD_RATE}], lr=RATE, weight_decay=DECAY)
    warm = max(1, int(len(steps) * WARM))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / warm, max(0.02, (len(steps) - s) / (len(steps) - warm + 1))))
    recent = collections.deque(maxlen=100)
    begin = time.monotonic()
    kept = f"{out}/unfinished.pt"
    done = resume(kept, model, optimizer, schedule) if os.path.exists(kept) else 0
    model.train()
    for i, batch in enumerate(steps[done:limit], done + 1):
        optimizer.zero_grad()
        loss = loss_of(model, pairs, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(body + head, 1.0)
        optimizer.step()
        schedule.step()
        recent.append(loss.item())
        if i % 50 == 0 or i == len(steps) or i == limit:
            print(f"step {i} of {len(steps)}, loss {sum(recent) / len(recent):.3f}, {time.monotonic() - begin:.0f} s", flush=True)
        if i % KEEP_EVERY == 0:
            keep(kept, i, model, optimizer, schedule)
    model.eval()
    torch.save(model.state_dict(), f"{out}/weights.pt")
    if os.path.exists(kept):
        os.remove(kept)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", default=f"{data.PROJECT}/../shared/data", help="folder with clinc150, banking77, hint3 (default: %(default)s)")
    p.add_argument("--start", required=True, help="folder with model.fp16.safetensors and tokenizer.json")
    p.add_argument("--out", required=True, help="folder that is made: the model, and what was measured")
    p.add_argument("--epochs", type=int, default=EPOCHS)
    p.add_argument("--steps", type=int, help="stop after so many of them: to see that it runs")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--measure-only", action="store_true", help="measure the weights that are in OUT")
    o = p.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(o.threads)
    os.makedirs(o.out, exist_ok=True)
    pairs = Pairs(WordPiece(f"{o.start}/tokenizer.json"))
    weights = read_safetensors(f"{o.start}/model.fp16.safetensors")
    model, start = CrossEncoder(weights, fast=True), CrossEncoder(weights, fast=True).eval()
    if o.measure_only:
        model.load_state_dict(torch.load(f"{o.out}/weights.pt"))
        model.eval()
    else:
        learn(model, pairs, o.data, o.epochs, o.steps, o.out)
        export.write(model, o.start, o.out, TEXT_TOKENS + LABEL_TOKENS + MARKS)
    measure.run(model, start, pairs, o.data, o.out)


if __name__ == "__main__":
    main()
