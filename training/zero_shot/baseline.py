#!/usr/bin/python3
"""Writes what the program's own first-day method needs to be measured on the same tickets, learned from the same ones: OUT/config,
OUT/tickets (for `firstline train --starter`), and OUT/sets/*.csv with OUT/map.csv (for bench_triage)."""

import argparse
import csv
import os
import shutil

import data


def write_csv(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([header, *lines])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", default=f"{data.PROJECT}/../shared/data")
    p.add_argument("--out", required=True)
    o = p.parse_args()
    for folder in ("tickets", "sets"):
        os.makedirs(f"{o.out}/{folder}", exist_ok=True)
    shutil.copytree(f"{data.PROJECT}/config", f"{o.out}/config", dirs_exist_ok=True)
    shutil.rmtree(f"{o.out}/config/classifier", ignore_errors=True)
    with open(f"{o.out}/config/examples.tsv", "w", encoding="utf-8") as f:
        f.writelines(f"{t.tier}\t{t.category}\t{t.text}\n" for t in data.examples())
    for name in data.list_of("train", "tickets"):
        shutil.copy(f"{data.PROJECT}/training/tickets/{name}.jsonl", f"{o.out}/tickets/{name}.jsonl")
    combinations = [(t, c) for t in data.TIERS for c in data.Wordings().categories]
    write_csv(f"{o.out}/map.csv", ["dataset", "intent", "tier", "category", "ambiguous"],
              [["", f"{t} {c}", t, c, "False"] for t, c in combinations])
    for name, texts in data.measured(o.data).items():
        write_csv(f"{o.out}/sets/{name}.csv", ["text", "intent"], [[t.text, f"{t.tier} {t.category}"] for t in texts])


if __name__ == "__main__":
    main()
