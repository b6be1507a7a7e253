"""Texts, labels and their wordings, as data.tsv says; and the groups that are learned from: a text, one label that fits,
and some that do not."""

import collections
import csv
import json
import os
import random
import re

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
TIERS = ("tier_1", "tier_2", "complex")
INTENT_ROWS = 16  # of each intent: more of the same teach little
CATEGORY_OTHERS, INTENT_OTHERS, INTENT_NEAR = 3, 3, 12
HELD_OUT_ROWS = 2  # of each intent: each is put before all labels

Text = collections.namedtuple("Text", "set text tier category")
Group = collections.namedtuple("Group", "text labels")  # labels[0] fits


def rows(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield line.split("\t")


def list_of(role, what):
    return [r[2] for r in rows(os.path.join(HERE, "data.tsv")) if r[:2] == [role, what]]


def joined(subject, body):
    """As the program puts a ticket before a model."""
    return "\n".join(part for part in (subject.strip(), body.strip()) if part)


def tickets(role):
    texts = []
    for name in list_of(role, "tickets"):
        with open(f"{PROJECT}/training/tickets/{name}.jsonl", encoding="utf-8") as f:
            for t in map(json.loads, f):
                texts.append(Text(name, joined(t["subject"], t["description"]), t["tier"], t["category"]))
    return texts


def examples():
    """The example lines that do not name what a bank has, and the lines of the file as they are."""
    without = re.compile(r"\b(" + list_of("without", "examples")[0] + ")", re.IGNORECASE)
    kept = [r for r in rows(f"{PROJECT}/{list_of('train', 'examples')[0]}") if not without.search(r[2])]
    return [Text("examples", r[2], r[0], r[1]) for r in kept]


class Wordings:
    def __init__(self):
        self.of = collections.defaultdict(list)
        for kind, value, role, wording in rows(f"{HERE}/labels.tsv"):
            self.of[kind, value, role].append(wording)
        self.categories = list(dict.fromkeys(r[1] for r in rows(f"{HERE}/labels.tsv") if r[0] == "category"))

    def tier(self, value, role="train", at=0):
        return self.of["tier", value, role][at]

    def category(self, value, role="train", at=0, style="both"):
        name, wording = self.of["category", value, "name"][0], self.of["category", value, role][at]
        return {"both": f"{name}: {wording}", "name": name, "wording": wording}[style]


def framed(labels, chance):
    """The same frame around all labels of a group, as people put one around theirs."""
    frame = chance.choice(("{}", "{}", "{}", "{}", "This ticket is about {}.", "This text is about {}.", "The customer writes about {}."))
    return [frame.format(label) for label in labels]


def tier_group(text, wordings, chance):
    values = [text.tier] + [t for t in TIERS if t != text.tier]
    return Group(text.text, [chance.choice(wordings.of["tier", v, "train"]) for v in values])


def category_group(text, wordings, chance):
    others = [c for c in wordings.categories if c != text.category]
    values = [text.category] + chance.sample(others, CATEGORY_OTHERS)
    style = chance.choice(("both", "both", "wording", "wording", "name"))
    return Group(text.text, framed([wordings.category(v, "train", chance.randrange(len(wordings.of["category", v, "train"])), style)
                                    for v in values], chance))


def clinc(path):
    """Rows of each intent, by the intent's name."""
    with open(f"{path}/clinc150/data_full.json", encoding="utf-8") as f:
        data = json.load(f)
    by = collections.defaultdict(list)
    for text, intent in data["train"]:
        by[intent].append(text)
    return by


def intent_groups(path, near, chance):
    """near: of each intent, the other intents from the likest on."""
    described = {r[0]: r[1] for r in rows(f"{HERE}/intents.tsv")}
    held = set(list_of("held_out", "intents")[0].split())
    groups = []
    by = clinc(path)
    names = [i for i in described if i not in held]
    for intent in names:
        hard = [i for i in near[intent] if i not in held][:INTENT_NEAR]
        for text in chance.sample(by[intent], INTENT_ROWS):
            values = [intent] + chance.sample(hard, INTENT_OTHERS - 1)
            values.append(chance.choice([i for i in names if i not in values]))
            styles = [lambda i: described[i], lambda i: f"{i.replace('_', ' ')}: {described[i]}", lambda i: i.replace("_", " ")]
            style = chance.choice(styles)
            groups.append(Group(text, framed([style(v) for v in values], chance)))
    return groups


def epoch(texts, path, near, wordings, chance):
    groups = [tier_group(t, wordings, chance) for t in texts] + [category_group(t, wordings, chance) for t in texts]
    groups += intent_groups(path, near, chance)
    chance.shuffle(groups)
    return groups


# ---- what is only measured

def own():
    return [Text("own", joined(r[2], r[3].replace("\\n", "\n")), r[0], r[1])
            for r in rows(f"{PROJECT}/tests/unit/data/triage_tickets.tsv")]


def banking77(path):
    with open(f"{path}/banking77/tiers.csv", encoding="utf-8") as f:
        tiers = {r["intent"]: r for r in csv.DictReader(f)}
    with open(f"{path}/banking77/test.csv", encoding="utf-8") as f:
        return [Text("banking77", r["text"], tiers[r["category"]]["tier"], tiers[r["category"]]["category"])
                for r in csv.DictReader(f) if r["category"] in tiers]


def hint3(path):
    with open(f"{PROJECT}/bench/labels/hint3.csv", encoding="utf-8") as f:
        labels = {r["intent"]: r for r in csv.DictReader(f)}
    texts = []
    for shop in ("curekart", "powerplay11", "sofmattress"):
        with open(f"{path}/hint3/{shop}_train.csv", encoding="utf-8") as f:
            for r in csv.DictReader(f):
                label = labels.get(r["label"])
                if label:
                    texts.append(Text("hint3", r["sentence"], label["tier"], label["category"]))
    return texts


def measured(path):
    return {"validation": tickets("validation"), "unseen": tickets("held_out"), "own": own(), "hint3": hint3(path),
            "banking77": banking77(path)}


def held_out_intents(path):
    """Rows and their intents: banking77's, and clinc150's about banks and credit cards and the eight of data.tsv."""
    count, bank = collections.Counter(), []
    with open(f"{path}/banking77/test.csv", encoding="utf-8") as f:
        for r in csv.DictReader(f):
            if count[r["category"]] < HELD_OUT_ROWS:
                bank.append((r["text"], r["category"]))
                count[r["category"]] += 1
    held = list_of("held_out", "intents")[0].split()
    by = clinc(path)
    return {"banking77": bank, "clinc150": [(text, i) for i in held for text in by[i][:HELD_OUT_ROWS * 2]]}


def random_of(seed):
    return random.Random(seed)
