"""Prints measurements of several programs as one table: a row for each case, a column for each program.

    summary.py MEASURED.jsonl...
"""
import json
import sys

# floors of one case that differ by more than this were not measured under the same conditions
SPREAD = 1.25


def read(lines):
    """{case: {program: measurement}} in the order of the lines; of two measurements of the same the later one counts"""
    cases = {}
    for line in lines:
        if line.strip():
            row = json.loads(line)
            case = tuple(row[key] for key in ("architecture", "shape", "layers", "bench", "batch", "length"))
            cases.setdefault(case, {})[row["kernel"]] = row
    return cases


def cell(row):
    if row is None:
        return "-"
    ratio = "-" if row["ratioToFloor"] is None else f"{row['ratioToFloor']:.2f}"
    return f"{ratio} ({row['batch'] * row['length'] / row['medianSeconds']:.1f}/s)"


def table(cases):
    programs = list(dict.fromkeys(program for rows in cases.values() for program in rows))
    lines = [["model", "layers", "bench", "batch", "length"] + programs]
    for (_, shape, layers, bench, batch, length), rows in cases.items():
        lines.append([shape, str(layers), bench, str(batch), str(length)] + [cell(rows.get(program)) for program in programs])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join(text + ["time as a ratio to the program's own float32 floor, and tokens per second"] + warnings(cases))


def warnings(cases):
    """ratios to unequal floors do not compare"""
    found = []
    for (_, shape, _, bench, batch, length), rows in cases.items():
        floors = {program: row["floorSeconds"] for program, row in rows.items() if row["floorSeconds"]}
        if floors and max(floors.values()) > SPREAD * min(floors.values()):
            listed = ", ".join(f"{program} {floor * 1e3:.1f} ms" for program, floor in floors.items())
            found.append(f"careful: {shape} {bench} {batch} x {length}: the floors differ ({listed}); compare tokens per second too")
    return found


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    lines = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            lines += file
    if not any(line.strip() for line in lines):
        raise SystemExit(f"no measurement in {', '.join(sys.argv[1:])}")
    print(table(read(lines)))


if __name__ == "__main__":
    main()
