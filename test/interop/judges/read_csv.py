"""Reads a CSV file with pandas and with DuckDB. Usage: read_csv.py FILE"""
import json
import sys

import duckdb
import pandas

frame = pandas.read_csv(sys.argv[1])
rows = duckdb.sql(f"select * from read_csv('{sys.argv[1]}')")
print(
    json.dumps(
        {
            "pandas": {"columns": list(frame.columns), "types": [str(t) for t in frame.dtypes], "rows": len(frame),
                       "loss": frame["loss/train"].dropna().tolist()},
            "duckdb": {"columns": rows.columns, "types": [str(t) for t in rows.types], "rows": len(rows)},
        }
    )
)
