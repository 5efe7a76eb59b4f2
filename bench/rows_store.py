"""Rows about storing: inserting into tables."""
import os

from house import HERE
from sampling import Contender, rounds
from table import Result


def definition(house):
    """The table of insert_bench.c for the sqlite3 shell."""
    columns = ", ".join(f"c{i:02} {'INTEGER' if i % 4 == 2 else 'TEXT'}" for i in range(1, house.columns))
    return (f"CREATE TABLE item (c00 TEXT NOT NULL PRIMARY KEY, {columns});"
            "CREATE INDEX item_c01 ON item (c01); CREATE INDEX item_c03 ON item (c03);")


def insert(house):
    program = house.program("insert_bench")
    rows = house.made(f"rows-{house.rows}.csv", lambda path: house.run_once([program, "data", path, house.rows]))
    shell, ours = house.path("shell.db"), house.path("insert.db")
    contenders = [
        Contender("store", "honghua store/, without journal", "ours", [program, "store", rows, ours]),
        Contender("import", "sqlite3 .import", "peer",
                  ["sqlite3", shell, definition(house), ".mode csv", f".import '{rows}' item"],
                  before=lambda: house.forget(shell)),
        Contender("floor", "one prepared INSERT", "floor", [program, "floor", rows, ours]),
        Contender("batch", "honghua record batch, journalled", "ours",
                  [program, "batch", rows, ours, os.path.join(HERE, "pack")]),
        Contender("floor-journal", "prepared INSERT and chained journal", "floor",
                  [program, "floor-journal", rows, ours]),
    ]
    result = Result("insert", f"{house.rows:,} × {house.columns} rows, primary key and two indexes",
                    rounds(house, contenders, house.runs), house.by_cpu)
    result.within("against sqlite3 .import", "store", "import", 1.0)
    result.within("with journal, against sqlite3 .import", "batch", "import", 1.5)
    result.remarks.append("a batch also stages its rows, resolves keys, villages and references, and can be undone")
    return result
