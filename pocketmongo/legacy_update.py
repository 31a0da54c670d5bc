"""PoC: update operators on decoded documents."""
import copy, datetime as dt
from decimal import Decimal
from pocketmongo.core import *
def resolve(root, parts, ctx, create, path):
    """expand $, $[], $[id] to concrete paths (lists of str)"""
    outs = [([], root)]
    for i, p in enumerate(parts):
        nxt = []
        for pre, v in outs:
            if p == "$":
                if type(v) is not list: raise MErr(2, "The positional operator did not find the match needed from the query.")
                j = positional_index(v, ".".join(x for x in parts[:i]), ctx["flt"], ctx.get("cf"))
                if j is None: raise MErr(2, "The positional operator did not find the match needed from the query.")
                nxt.append((pre + [str(j)], v[j]))
            elif p.startswith("$["):
                if v is MISS: raise MErr(2, f"The path '{'.'.join(pre)}' must exist in the document in order to apply array updates.")
                if type(v) is not list: raise MErr(2, f"Cannot apply array updates to non-array element {'.'.join(pre)}")
                ident = p[2:-1]; f = None
                if ident:
                    f = ctx["af"].get(ident)
                    if f is None: raise MErr(2, f"No array filter found for identifier '{ident}' in path '{path}'")
                    ctx["used"].add(ident)
                nxt += [(pre + [str(j)], y) for j, y in enumerate(v) if f is None or f(y)]
            elif type(v) is dict: nxt.append((pre + [p], v.get(p, MISS)))
            elif type(v) is list:
                nxt.append((pre + [p], v[int(p)] if p.isdigit() and int(p) < len(v) else MISS))
            else: nxt.append((pre + [p], MISS))
        outs = nxt
    return [o[0] for o in outs]
def fetch(root, parts):
    v = root
    for p in parts:
        if type(v) is dict: v = v.get(p, MISS)
        elif type(v) is list: v = v[int(p)] if p.isdigit() and int(p) < len(v) else MISS
        else: return MISS
    return v
def store(root, parts, val):
    v = root
    for i, p in enumerate(parts):
        last = i == len(parts) - 1
        if type(v) is dict:
            if last: v[p] = val; return
            if p not in v: v[p] = {}
            elif type(v[p]) not in (dict, list): raise MErr(28, f"Cannot create field '{parts[i+1]}' in element {{{p}: {v[p]!r}}}")
            v = v[p]
        elif type(v) is list:
            if not p.isdigit(): raise MErr(28, f"Cannot create field '{p}' in element {{{parts[i-1]}: {str(v)[:60]}}}")
            j = int(p)
            if j >= len(v):
                if j > len(v) + 1500000: raise MErr(2, "can't backfill more than 1500000 elements")
                v.extend([None] * (j + 1 - len(v)))
                if not last: v[j] = {}
            if last: v[j] = val; return
            v = v[j]
        else: raise MErr(28, f"Cannot create field '{p}' in element {{{parts[i-1] if i else ''}: {v!r}}}")
def remove(root, parts):
    par = fetch(root, parts[:-1]) if len(parts) > 1 else root
    if type(par) is dict: par.pop(parts[-1], None)
    elif type(par) is list and parts[-1].isdigit() and int(parts[-1]) < len(par): par[int(parts[-1])] = None
def arith(a, b, op, name, field):
    if not isnum(b): raise MErr(14, f"Cannot {'increment' if op=='+' else 'multiply'} with non-numeric argument: {{{field}: {b!r}}}")
    if not isnum(a): raise MErr(14, f"Cannot apply {name} to a value of non-numeric type. {{_id: ...}} has the field '{field}' of non-numeric type {TNAME.get(tcode(a))}")
    f = (lambda x, y: x + y) if op == "+" else (lambda x, y: x * y)
    if isinstance(a, Decimal128) or isinstance(b, Decimal128):
        from bson.decimal128 import create_decimal128_context
        import decimal
        with decimal.localcontext(create_decimal128_context()): return Decimal128(f(Decimal(str(num(a))) if isinstance(a, float) else Decimal(num(a)), Decimal(str(num(b))) if isinstance(b, float) else Decimal(num(b))))
    if isinstance(a, float) or isinstance(b, float): return f(float(a), float(b))
    r = f(int(a), int(b))
    if not -2**63 <= r < 2**63: raise MErr(2, f"Failed to apply {name} operations to current value")
    return Int64(r) if isinstance(a, Int64) or isinstance(b, Int64) or not -2**31 <= r < 2**31 else r
OPS = {"$set", "$unset", "$inc", "$mul", "$min", "$max", "$rename", "$currentDate", "$setOnInsert", "$push", "$addToSet", "$pull", "$pullAll", "$pop", "$bit"}
def validate(u):
    seen = []
    for op, spec in u.items():
        if op not in OPS: raise MErr(9, f"Unknown modifier: {op}. Expected a valid update modifier or pipeline-style update specified as an array")
        if type(spec) is not dict: raise MErr(9, f"Modifiers operate on fields but we found type {TNAME.get(tcode(spec))} instead.")
        for f, v in spec.items():
            if f == "" or f.startswith(".") or f.endswith(".") or ".." in f: raise MErr(56, f"The update path '{f}' contains an empty field name, which is not allowed.")
            if f.startswith("$"): raise MErr(52, f"The dollar ($) prefixed field '{f}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.")
            seen.append((f, op))
            if op == "$rename": seen.append((v, op))
    for i, (a, oa) in enumerate(seen):
        for b, ob in seen[i + 1:]:
            if a == b or a.startswith(b + ".") or b.startswith(a + "."): raise MErr(40, f"Updating the path '{a}' would create a conflict at '{b if len(b) <= len(a) else a}'")
def array_filters(l, cf):
    out = {}
    for f in l or []:
        names = set()
        def strip(x):
            r = {}
            for k, v in x.items():
                if k in ("$and", "$or", "$nor"): r[k] = [strip(y) for y in v]
                else:
                    h, _, t = k.partition("."); names.add(h); r["v" + ("." + t if t else "")] = v
            return r
        s = strip(f)
        if len(names) != 1: raise MErr(9, f"Error parsing array filter :: caused by :: Expected a single top-level field name, found {sorted(names)}")
        n = names.pop()
        if n in out: raise MErr(9, f"Found multiple array filters with the same top-level field name {n}")
        g = compile_filter(s, cf); out[n] = lambda y, g=g: g({"v": y})
    return out
def apply(doc, u, flt=None, af=None, inserting=False, cf=None, now=None):
    """mutates and returns doc. u already validated."""
    ctx = {"flt": flt or {}, "af": array_filters(af, cf), "used": set(), "cf": cf}; ID = doc.get("_id", MISS)
    if ctx["af"] :
        allp = " ".join(f for s in u.values() for f in s)
        for n in ctx["af"]:
            if f"$[{n}]" not in allp: raise MErr(9, f"The array filter for identifier '{n}' was not used in the update {u}")
    for op, spec in u.items():
        if op == "$setOnInsert" and not inserting: continue
        for field in sorted(spec, key=lambda f: [(0, int(x), "") if x.isdigit() else (1, 0, x) for x in f.split(".")]):
            arg = spec[field]
            if op == "$rename":
                v = fetch(doc, field.split("."))
                if v is not MISS: remove(doc, field.split(".")); store(doc, arg.split("."), v)
                continue
            for p in resolve(doc, field.split("."), ctx, True, field):
                cur = fetch(doc, p)
                if op in ("$set", "$setOnInsert"): store(doc, p, arg)
                elif op == "$unset":
                    if cur is not MISS: remove(doc, p)
                elif op == "$inc":
                    if cur is MISS:
                        if not isnum(arg): raise MErr(14, f"Cannot increment with non-numeric argument: {{{field}: {arg!r}}}")
                        store(doc, p, arg)
                    else: store(doc, p, arith(cur, arg, "+", "$inc", field))
                elif op == "$mul": store(doc, p, arith(0 if cur is MISS else cur, arg, "*", "$mul", field))
                elif op in ("$min", "$max"):
                    if cur is MISS or (tkey(arg) < tkey(cur) if op == "$min" else tkey(arg) > tkey(cur)): store(doc, p, arg)
                elif op == "$currentDate":
                    import time
                    store(doc, p, Timestamp(int(time.time()), 1) if type(arg) is dict and arg.get("$type") == "timestamp" else (now or dt.datetime.now(dt.timezone.utc).replace(tzinfo=None, microsecond=0)))
                elif op == "$push":
                    if cur is MISS: arr = []
                    elif type(cur) is not list: raise MErr(2, f"The field '{field}' must be an array but is of type {TNAME.get(tcode(cur))} in document {{_id: {ID!r}}}")
                    else: arr = list(cur)
                    if type(arg) is dict and "$each" in arg:
                        bad = set(arg) - {"$each", "$slice", "$sort", "$position"}
                        if bad: raise MErr(2, f"Unrecognized clause in $push: {bad.pop()}")
                        if type(arg["$each"]) is not list: raise MErr(2, "The argument to $each in $push must be an array")
                        pos = arg.get("$position"); 
                        if pos is None: arr += arg["$each"]
                        else: pos = int(pos); pos = pos if pos >= 0 else max(0, len(arr) + pos); arr[pos:pos] = arg["$each"]
                        if "$sort" in arg:
                            s = arg["$sort"]
                            arr = sorter(list(s.items()), cf)(arr) if type(s) is dict else sorted(arr, key=lambda x: tkey(x, cf), reverse=s < 0)
                        if "$slice" in arg: n = int(arg["$slice"]); arr = arr[:n] if n >= 0 else arr[n:]
                    else: arr.append(arg)
                    store(doc, p, arr)
                elif op == "$addToSet":
                    if cur is MISS: arr = []
                    elif type(cur) is not list: raise MErr(2, f"Cannot apply $addToSet to non-array field. Field named '{field}' has non-array type {TNAME.get(tcode(cur))}")
                    else: arr = list(cur)
                    seen = {tkey(x, cf) for x in arr}
                    for x in arg["$each"] if type(arg) is dict and "$each" in arg else [arg]:
                        k = tkey(x, cf)
                        if k not in seen: seen.add(k); arr.append(x)
                    if len(arr) != (len(cur) if cur is not MISS else -1): store(doc, p, arr)
                elif op in ("$pull", "$pullAll", "$pop"):
                    if cur is MISS: continue
                    if type(cur) is not list: raise MErr(2 if op != "$pop" else 14, f"Cannot apply {op} to a non-array value")
                    if op == "$pop": store(doc, p, cur[1:] if arg < 0 else cur[:-1])
                    elif op == "$pullAll": s = {tkey(x, cf) for x in arg}; store(doc, p, [x for x in cur if tkey(x, cf) not in s])
                    else:
                        if is_opdict(arg): g = compile_cond(arg, cf, None); rm = lambda y: g([y])
                        elif type(arg) is dict: g = compile_filter(arg, cf); rm = lambda y: type(y) is dict and g(y)
                        elif isre(arg): r = to_re(arg); rm = lambda y: type(y) is str and r.search(y)
                        else: k = tkey(arg, cf); rm = lambda y: tkey(y, cf) == k
                        store(doc, p, [y for y in cur if not rm(y)])
                elif op == "$bit":
                    (o, n), = arg.items(); c = 0 if cur is MISS else cur; store(doc, p, {"and": c & n, "or": c | n, "xor": c ^ n}[o])
    if ID is not MISS and tkey(doc.get("_id", MISS)) != tkey(ID): raise MErr(66, f"Performing an update on the path '_id' would modify the immutable field '_id'")
    return doc
def upsert_base(flt):
    out = {}
    def put(k, v):
        parts = k.split("."); o = out
        for p in parts[:-1]: o = o.setdefault(p, {}) 
        o[parts[-1]] = copy.deepcopy(v)
    def go(f):
        for k, c in f.items():
            if k == "$and": [go(x) for x in c]
            elif k == "$or" and len(c) == 1: go(c[0])
            elif k.startswith("$"): continue
            elif is_opdict(c):
                if "$eq" in c: put(k, c["$eq"])
                elif "$in" in c and len(c["$in"]) == 1 and not isre(c["$in"][0]): put(k, c["$in"][0])
                elif "$all" in c and len(c["$all"]) == 1: put(k, c["$all"][0])
            elif not isre(c): put(k, c)
    go(flt); return out
