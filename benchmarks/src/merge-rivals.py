"""Sorts the lines of several files by time into one file. Usage: TOOL OUT FILE..."""
import sys

tool, out, files = sys.argv[1], sys.argv[2], sys.argv[3:]
never = "\x01"  # a delimiter that no line contains

if tool == "duckdb":
    import duckdb

    duckdb.execute(
        f"""copy (select line from read_csv($files, columns = {{'line': 'varchar'}}, delim = '{never}', quote = '', escape = '', header = false)
        order by cast(json_extract(line, '$.time') as bigint)) to '{out}' (format csv, delimiter '{never}', quote '', escape '', header false)""",
        {"files": files},
    )
elif tool == "polars":
    import polars

    lines = polars.scan_csv(files, separator=never, quote_char=None, has_header=False, new_columns=["line"])
    times = polars.col("line").str.json_path_match("$.time").cast(polars.Int64)
    lines.sort(times, maintain_order=True).sink_csv(out, separator=never, quote_style="never", include_header=False)
else:
    import chdb

    names = ",".join(file.rsplit("/", 1)[1] for file in files)
    source = f"file('{files[0].rsplit('/', 1)[0]}/{{{names}}}', 'LineAsString')"
    chdb.query(f"select line from {source} order by JSONExtractInt(line, 'time') into outfile '{out}' truncate format TSVRaw", "TSVRaw")
