"""How well the model does on what it has not learned from. Prints a table, and keeps every score for comparing."""

import math

import torch

import data

BINS = 10
BATCH = 66  # pairs
COMPLEX_HEAD_START = 1.3  # as the program gives it


def score(model, pairs, texts, labels):
    """A row per text, a column per label."""
    scores = torch.zeros(len(texts), len(labels))
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    per = max(1, BATCH // len(labels))
    with torch.no_grad():
        for at in range(0, len(order), per):
            part = order[at:at + per]
            made = model(*pairs.batch([(texts[i], label) for i in part for label in labels]))
            scores[torch.tensor(part)] = made.view(len(part), len(labels))
    return scores


def cosines(start, pairs, texts, labels):
    """The same by the embedding model alone, with nothing but the labels' words."""
    def embed(all_texts):
        vectors = []
        with torch.no_grad():
            for at in range(0, len(all_texts), BATCH):
                ids, mask = pairs.alone(all_texts[at:at + BATCH])
                h = start.hidden(ids, mask, torch.zeros_like(ids), first_only=False).float() * mask[:, :, None]
                vectors.append(torch.nn.functional.normalize(h.sum(1), dim=1))
        return torch.cat(vectors)
    return embed(texts) @ embed(labels).T


def calibration_error(confidence, right):
    error = 0.0
    for b in range(BINS):
        inside = [i for i, c in enumerate(confidence) if min(int(c * BINS), BINS - 1) == b]
        if inside:
            error += abs(sum(confidence[i] for i in inside) - sum(right[i] for i in inside)) / len(confidence)
    return error


def temperature_of(scores, truth):
    """The one that makes the true labels likeliest, of a grid."""
    grid = [0.5 * 1.05 ** i for i in range(60)]
    return min(grid, key=lambda t: torch.nn.functional.cross_entropy(scores / t, truth).item())


def figures(shares, texts, categories, names):
    complex_at = data.TIERS.index("complex")
    truth = [data.TIERS.index(t.tier) for t in texts]
    said = shares.argmax(1).tolist()
    right = [a == b for a, b in zip(said, truth)]
    complex_rows = [i for i, t in enumerate(truth) if t == complex_at]
    missed = sum(said[i] != complex_at for i in complex_rows) / max(1, len(complex_rows))
    category = sum(names[c] == t.category for c, t in zip(categories.argmax(1).tolist(), texts)) / len(texts)
    return sum(right) / len(right), missed, category, calibration_error(shares.max(1).values.tolist(), right)


def intents(model, start, pairs, path):
    """Which of many labels, of which the model has seen none: intents by their names."""
    for name, rows in data.held_out_intents(path).items():
        labels = sorted({i for _, i in rows})
        words = [i.replace("_", " ").strip("?").lower() for i in labels]
        truth = torch.tensor([labels.index(i) for _, i in rows])
        texts = [t for t, _ in rows]
        for method, s in (("model", score(model, pairs, texts, words)), ("cosine", cosines(start, pairs, texts, words))):
            top = s.argsort(1, descending=True)
            first, third = (top[:, 0] == truth).float().mean(), (top[:, :3] == truth[:, None]).any(1).float().mean()
            print(f"{name:<12} {method:<8} {len(rows):5} rows, {len(labels):3} labels by name: first {first:.3f}, in the first three {third:.3f}",
                  flush=True)


def labels_alone(start, pairs, sets, tiers, categories, names):
    for name, texts in sets.items():
        both = cosines(start, pairs, [t.text for t in texts], tiers + categories)
        a, m, k, _ = figures(both[:, :3], texts, both[:, 3:], names)
        print(f"{name:<12} cosine with the labels {len(texts):5} tickets  accuracy {a:.3f}  complex missed {m:.3f}  category {k:.3f}", flush=True)


def run(model, start, pairs, path, out):
    wordings = data.Wordings()
    names = wordings.categories
    worded = {"learned wording": ([wordings.tier(t) for t in data.TIERS], [wordings.category(c) for c in names]),
              "new wording": ([wordings.tier(t, "test") for t in data.TIERS],
                              [wordings.category(c, "test", style="wording") for c in names])}
    sets = data.measured(path)
    temperature = {}
    head = torch.tensor([0, 0, math.log(COMPLEX_HEAD_START)])
    with open(f"{out}/scores.tsv", "w", encoding="utf-8") as kept:
        for name, texts in sets.items():
            for wording, (tiers, categories) in worded.items():
                if wording == "new wording" and name not in ("validation", "unseen"):
                    continue
                both = score(model, pairs, [t.text for t in texts], tiers + categories)
                t, c = both[:, :3], both[:, 3:]
                if name == "validation":
                    temperature[wording] = (temperature_of(t, torch.tensor([data.TIERS.index(x.tier) for x in texts])),
                                            temperature_of(c, torch.tensor([names.index(x.category) for x in texts])))
                tt, ct = temperature[wording]
                shares, shares_c = torch.softmax(t / tt + head, 1), torch.softmax(c / ct, 1)
                a, m, k, e = figures(shares, texts, shares_c, names)
                print(f"{name:<12} {wording:<16} {len(texts):5} tickets  accuracy {a:.3f}  complex missed {m:.3f}  "
                      f"category {k:.3f}  ECE {e:.3f}  (temperatures {tt:.2f} {ct:.2f})", flush=True)
                for i, x in enumerate(texts):
                    values = [f"{v:.4f}" for v in [*(t[i] / tt).tolist(), *(c[i] / ct).tolist()]]
                    kept.write("\t".join([name, wording, str(i), x.tier, x.category, *values]) + "\n")
    labels_alone(start, pairs, sets, *worded["learned wording"], names)
    intents(model, start, pairs, path)
