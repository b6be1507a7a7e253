#!/usr/bin/python3
"""The zero-shot model, the program's own first-day method, and both mixed, on the same tickets.

Takes the scores.tsv that train.py leaves in its folder, and SET.shares for each set, as bench_triage --shares writes them. The mix is a
weighted geometric mean; its weights are chosen on the validation companies and then held."""

import argparse
import collections
import math

import torch

import data
import measure

PARTS = [i / 10 for i in range(11)]  # how much the model is heard
SHARE_MIN = 1e-6


def scores(path):
    sets = collections.defaultdict(list)
    for name, wording, at, tier, category, *values in data.rows(path):
        sets[name, wording].append((int(at), data.Text(name, "", tier, category), [float(v) for v in values]))
    return sets


def shares(path):
    return torch.tensor([[float(v) for v in r] for r in data.rows(path)])


def mixed(model, own, part):
    return torch.softmax(part * torch.log(model.clamp(min=SHARE_MIN)) + (1 - part) * torch.log(own.clamp(min=SHARE_MIN)), 1)


def right(s, truth):
    return (s.argmax(1) == truth).float()


def show(name, method, tiers, categories, texts, names):
    a, m, k, e = measure.figures(tiers, texts, categories, names)
    print(f"{name:<12} {method:<28} {len(texts):5} tickets  accuracy {a:.3f}  complex missed {m:.3f}  category {k:.3f}  ECE {e:.3f}")


def difference(name, what, a, b):
    d = a - b
    error = d.std().item() / math.sqrt(len(d))
    print(f"{name:<12} {what}: {d.mean():+.3f}, 95 % from {d.mean() - 1.96 * error:+.3f} to {d.mean() + 1.96 * error:+.3f}")


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("scores", help="scores.tsv")
    p.add_argument("shares", help="folder with SET.shares")
    o = p.parse_args()
    names = data.Wordings().categories
    head = torch.tensor([0, 0, math.log(measure.COMPLEX_HEAD_START)])
    part = None
    for (name, wording), lines in scores(o.scores).items():
        if wording != "learned wording":
            continue
        texts = [t for _, t, _ in lines]
        values = torch.tensor([v for _, _, v in lines])
        tiers, categories = torch.softmax(values[:, :3] + head, 1), torch.softmax(values[:, 3:], 1)
        own = shares(f"{o.shares}/{name}.shares")[[at for at, _, _ in lines]]
        own_tiers, own_categories = own[:, :3], own[:, 3:]
        true_tier = torch.tensor([data.TIERS.index(t.tier) for t in texts])
        true_category = torch.tensor([names.index(t.category) for t in texts])
        if part is None:  # the validation companies come first
            part = (max(PARTS, key=lambda w: right(mixed(tiers, own_tiers, w), true_tier).sum()),
                    max(PARTS, key=lambda w: right(mixed(categories, own_categories, w), true_category).sum()))
            print(f"the model is heard {part[0]} for the tier, {part[1]} for the category")
        both = mixed(tiers, own_tiers, part[0]), mixed(categories, own_categories, part[1])
        show(name, "example lines and starter", own_tiers, own_categories, texts, names)
        show(name, "zero-shot model", tiers, categories, texts, names)
        show(name, "both", *both, texts, names)
        for method, t, c in (("model", tiers, categories), ("both", *both)):
            difference(name, f"{method} against lines and starter, tier", right(t, true_tier), right(own_tiers, true_tier))
            difference(name, f"{method} against lines and starter, category", right(c, true_category), right(own_categories, true_category))


if __name__ == "__main__":
    main()
