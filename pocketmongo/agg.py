"""PoC: aggregation expressions and stages."""
import datetime as dt, math, random, re, zoneinfo, bisect, functools, decimal, itertools
from decimal import Decimal
from pocketmongo.core import *
from pocketmongo import core
def truthy(v): return not (v is MISS or v is None or v is False or (isnum(v) and num(v) == 0))
def nul(v): return v is None or v is MISS
D128 = decimal.Context(prec=34, Emin=-6143, Emax=6144)
def ari(f, name):
    def g(*a):
        if any(nul(x) for x in a): return None
        if any(not isnum(x) for x in a): raise MErr(14 if name != "$add" else 14, f"{name} only supports numeric types, not {TNAME.get(tcode(next(x for x in a if not isnum(x))))}")
        return fixn(f, a)
    return g
def fixn(f, a):
    if any(isinstance(x, Decimal128) for x in a):
        with decimal.localcontext(D128): return Decimal128(f([x.to_decimal() if isinstance(x, Decimal128) else Decimal(str(x)) if isinstance(x, float) else Decimal(x) for x in a]))
    fl = any(isinstance(x, float) for x in a); l64 = any(isinstance(x, Int64) for x in a); r = f([float(x) if isinstance(x, float) else int(x) for x in a])
    if fl or isinstance(r, float): return float(r)
    if not -2**63 <= r < 2**63: return float(r)
    return Int64(r) if l64 or not -2**31 <= r < 2**31 else r
def addsum(a):
    s = 0
    for x in a: s += x
    return s
UNITS = {"millisecond": 1, "second": 1000, "minute": 60000, "hour": 3600000, "day": 86400000, "week": 604800000}
def tz(n):
    if not n: return dt.timezone.utc
    m = re.fullmatch(r"([+-])(\d\d):?(\d\d)?", n)
    if m: return dt.timezone((1 if m[1] == "+" else -1) * dt.timedelta(hours=int(m[2]), minutes=int(m[3] or 0)))
    try: return zoneinfo.ZoneInfo(n)
    except Exception: raise MErr(40485, f'unrecognized time zone identifier: "{n}"')
def todate(v, name="date"):
    if isinstance(v, ObjectId): return v.generation_time.replace(tzinfo=None)
    if isinstance(v, Timestamp): return v.as_datetime().replace(tzinfo=None)
    if not isinstance(v, (dt.datetime, DatetimeMS)): raise MErr(16006, f"can't convert from BSON type {TNAME.get(tcode(v))} to Date")
    return v
def loc(v, z): return v.replace(tzinfo=dt.timezone.utc).astimezone(z)
def unloc(v): return v.astimezone(dt.timezone.utc).replace(tzinfo=None)
def addmonths(d, n):
    m = d.month - 1 + n; y = d.year + m // 12; m = m % 12 + 1
    day = min(d.day, [31, 29 if y % 4 == 0 and (y % 100 or y % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]); return d.replace(year=y, month=m, day=day)
def dadd(d, unit, n, z):
    if unit in ("hour", "minute", "second", "millisecond"): return d + dt.timedelta(milliseconds=UNITS[unit] * n)
    l = loc(d, z).replace(tzinfo=None)
    if unit in ("day", "week"): l += dt.timedelta(days=n * (7 if unit == "week" else 1))
    else: l = addmonths(l, n * {"month": 1, "quarter": 3, "year": 12}[unit])
    return unloc(l.replace(tzinfo=z))
WD = {"mon": 0, "monday": 0, "tue": 1, "tuesday": 1, "wed": 2, "wednesday": 2, "thu": 3, "thursday": 3, "fri": 4, "friday": 4, "sat": 5, "saturday": 5, "sun": 6, "sunday": 6}
def dtrunc(d, unit, binsize, z, sow):
    l = loc(d, z).replace(tzinfo=None); ref = dt.datetime(2000, 1, 1)
    if unit in ("year", "quarter", "month"):
        k = {"month": 1, "quarter": 3, "year": 12}[unit] * binsize; n = (l.year - 2000) * 12 + l.month - 1; r = addmonths(ref, n // k * k)
    elif unit == "week":
        r0 = ref - dt.timedelta(days=(ref.weekday() - sow) % 7); r0 = r0 if r0 == ref else r0 + dt.timedelta(days=7); r = r0 + dt.timedelta(days=(l - r0).days // (7 * binsize) * 7 * binsize)
    elif unit == "day": r = ref + dt.timedelta(days=(l - ref).days // binsize * binsize)
    else:
        ms = UNITS[unit] * binsize; base = ref.replace(tzinfo=z); base = unloc(base); n = (d - base) // MS; return base + dt.timedelta(milliseconds=n // ms * ms)
    return unloc(r.replace(tzinfo=z))
def ddiff(a, b, unit, z, sow):
    if unit in ("year", "quarter", "month"):
        A, B = loc(a, z), loc(b, z); m = {"month": 1, "quarter": 3, "year": 12}[unit]; f = lambda x: (x.year * 12 + x.month - 1) // m; return f(B) - f(A)
    if unit in ("day", "week"):
        f = lambda x: loc(x, z).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0); A, B = f(a), f(b)
        if unit == "week": w = lambda x: x - dt.timedelta(days=(x.weekday() - sow) % 7); return (w(B) - w(A)).days // 7
        return (B - A).days
    ms = UNITS[unit]; return (b - EPOCH) // MS // ms - (a - EPOCH) // MS // ms
FMT = {"Y": lambda d: f"{d.year:04d}", "m": lambda d: f"{d.month:02d}", "d": lambda d: f"{d.day:02d}", "H": lambda d: f"{d.hour:02d}", "M": lambda d: f"{d.minute:02d}", "S": lambda d: f"{d.second:02d}", "L": lambda d: f"{d.microsecond//1000:03d}", "j": lambda d: f"{d.timetuple().tm_yday:03d}", "w": lambda d: str(d.isoweekday() % 7 + 1), "u": lambda d: str(d.isoweekday()), "U": lambda d: d.strftime("%U"), "V": lambda d: f"{d.isocalendar()[1]:02d}", "G": lambda d: f"{d.isocalendar()[0]:04d}", "z": lambda d: d.strftime("%z"), "Z": lambda d: str(int(d.utcoffset().total_seconds() // 60)), "b": lambda d: d.strftime("%b"), "B": lambda d: d.strftime("%B"), "%": lambda d: "%"}
def dfmt(d, f, z): l = loc(d, z); return re.sub(r"%(.)", lambda m: FMT[m[1]](l) if m[1] in FMT else (_ for _ in ()).throw(MErr(18536, f"Invalid format character '%{m[1]}'")), f)
def parse_iso(s):
    try:
        v = dt.datetime.fromisoformat(s.replace("Z", "+00:00")); v = unloc(v) if v.tzinfo else v; return v.replace(microsecond=v.microsecond // 1000 * 1000)
    except ValueError: raise MErr(241, f"Error parsing date string '{s}'")
def tostr(v):
    if nul(v): return None
    if type(v) is bool: return "true" if v else "false"
    if isinstance(v, (dt.datetime,)): return dfmt(v, "%Y-%m-%dT%H:%M:%S.%LZ", dt.timezone.utc)
    if isinstance(v, float): return str(int(v)) if v.is_integer() and abs(v) < 1e15 else repr(v)
    if isinstance(v, (dict, list)): raise MErr(241, f"Unsupported conversion from {TNAME[tcode(v)]} to string in $convert with no onError value")
    return str(v)
def conv(v, to):
    t = TYPES.get(to, to) if isinstance(to, str) else to
    if nul(v): return None
    try:
        if t == 2: return tostr(v)
        if t == 8: return truthy(v)
        if t in (16, 18):
            if type(v) is bool: r = int(v)
            elif isinstance(v, (dt.datetime, DatetimeMS)): r = to_ms(v)
            elif isinstance(v, str): r = int(v)
            elif isnum(v): r = int(num(v))
            else: raise ValueError
            lim = 31 if t == 16 else 63
            if not -2**lim <= r < 2**lim: raise OverflowError
            return r if t == 16 else Int64(r)
        if t == 1: return float(to_ms(v)) if isinstance(v, dt.datetime) else float(num(v))
        if t == 19: return Decimal128(str(num(v)) if not isinstance(v, bool) else str(int(v)))
        if t == 9: return parse_iso(v) if isinstance(v, str) else from_ms(int(num(v))) if isnum(v) else todate(v)
        if t == 7: return v if isinstance(v, ObjectId) else ObjectId(v)
    except MErr: raise
    except Exception: raise MErr(241, f"Failed to parse {v!r} in $convert with no onError value" if isinstance(v, str) else f"Unsupported conversion from {TNAME.get(tcode(v))} to {to} in $convert with no onError value")
    raise MErr(241, f"Unsupported conversion to {to}")
def fieldpath(path):
    parts = path.split(".")
    if len(parts) == 1: return lambda r: r.get(path, MISS) if type(r) is dict else ([y[path] for y in r if type(y) is dict and path in y] if type(r) is list else MISS)
    def get(v, i=0):
        while i < len(parts):
            if type(v) is dict: v = v.get(parts[i], MISS); i += 1
            elif type(v) is list:
                return [x for x in (get(y, i) for y in v if type(y) is dict) if x is not MISS]
            else: return MISS
        return v
    return get
def compile_expr(s):
    t = type(s)
    if t is str and s.startswith("$$"):
        n, _, rest = s[2:].partition(".")
        if n == "NOW": return lambda d, v: v.get("NOW") or dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
        if n == "REMOVE": return lambda d, v: MISS
        g = fieldpath(rest) if rest else None
        def f(d, v):
            if n not in v:
                if n in ("ROOT", "CURRENT"): x = d
                else: raise MErr(17276, f"Use of undefined variable: {n}")
            else: x = v[n]
            return g(x) if g else x
        return f
    if t is str and s.startswith("$"):
        g = fieldpath(s[1:]); return lambda d, v: g(v.get("CURRENT", d))
    if t is dict:
        if len(s) == 1 and next(iter(s)).startswith("$"):
            k, a = next(iter(s.items())); return compile_op_expr(k, a)
        if any(k.startswith("$") for k in s): raise MErr(15983, f"An object representing an expression must have exactly one field: {s}")
        items = [(k, compile_expr(x)) for k, x in s.items()]
        def f(d, v):
            o = {}
            for k, e in items:
                x = e(d, v)
                if x is not MISS: o[k] = x
            return o
        return f
    if t is list:
        es = [compile_expr(x) for x in s]; return lambda d, v: [None if x is MISS else x for x in (e(d, v) for e in es)]
    return lambda d, v: s
def args(a): return [compile_expr(x) for x in (a if type(a) is list else [a])]
OPS = {}
def op(*names):
    def deco(f):
        for n in names: OPS[n] = f
        return f
    return deco
def simple(name, f, n=None):
    def c(a):
        es = args(a)
        if n is not None and len(es) != n: raise MErr(16020, f"Expression {name} takes exactly {n} arguments. {len(es)} were passed in.")
        return lambda d, v: f(*[e(d, v) for e in es])
    OPS[name] = c
def chk(v, typ, name, code):
    if not isinstance(v, typ) or isinstance(v, bool): raise MErr(code, f"{name} requires a different type, found {TNAME.get(tcode(v))}")
    return v
def strs(name, f):
    def g(*a):
        if any(nul(x) for x in a): return None
        for x in a:
            if not isinstance(x, str): raise MErr(16702, f"{name} only supports strings, not {TNAME.get(tcode(x))}")
        return f(*a)
    simple(name, g)
strs("$concat", lambda *a: "".join(a))
for n_, f_ in (("$toLower", str.lower), ("$toUpper", str.upper)): simple(n_, lambda x, f_=f_: "" if nul(x) else f_(tostr(x)), 1)
simple("$strcasecmp", lambda a, b: (lambda x, y: (x > y) - (x < y))((tostr(a) or "").lower(), (tostr(b) or "").lower()), 2)
def add(*a):
    if any(nul(x) for x in a): return None
    ds = [x for x in a if isinstance(x, dt.datetime)]
    if ds:
        if len(ds) > 1: raise MErr(16612, "only one date allowed in an $add expression")
        return ds[0] + dt.timedelta(milliseconds=float(sum(num(x) for x in a if x is not ds[0])))
    return ari(addsum, "$add")(*a)
simple("$add", add)
def sub(a, b):
    if nul(a) or nul(b): return None
    if isinstance(a, dt.datetime): return Int64((a - b) // MS) if isinstance(b, dt.datetime) else a - dt.timedelta(milliseconds=float(num(b)))
    return ari(lambda x: x[0] - x[1], "$subtract")(a, b)
simple("$subtract", sub, 2)
simple("$multiply", ari(lambda x: functools.reduce(lambda p, q: p * q, x, 1), "$multiply"))
def div(a, b):
    if nul(a) or nul(b): return None
    if not isnum(a) or not isnum(b): raise MErr(14, "$divide only supports numeric types")
    if num(b) == 0: raise MErr(2, "can't $divide by zero")
    return fixn(lambda x: x[0] / x[1] , (a, b) if isinstance(a, Decimal128) or isinstance(b, Decimal128) else (float(a), float(b)))
simple("$divide", div, 2)
def mod(a, b):
    if nul(a) or nul(b): return None
    if num(b) == 0: raise MErr(16610, "can't $mod by zero")
    return fixn(lambda x: math.fmod(*x) if isinstance(x[0], float) or isinstance(x[1], float) else x[0] % x[1] if isinstance(x[0], Decimal) else int(math.fmod(x[0], x[1])) if abs(x[0]) < 2**53 else x[0] - x[1] * int(x[0] / x[1]), (a, b))
simple("$mod", mod, 2)
def rnd(x, p=0, tr=False):
    if nul(x) or nul(p): return None
    if not isnum(x): raise MErr(51081, "$round only supports numeric types")
    if isinstance(x, int) and p >= 0: return x
    q = Decimal(1).scaleb(-int(p)); r = (x.to_decimal() if isinstance(x, Decimal128) else Decimal(repr(float(x)))).quantize(q, rounding=decimal.ROUND_DOWN if tr else decimal.ROUND_HALF_EVEN)
    return Decimal128(r) if isinstance(x, Decimal128) else int(r) if isinstance(x, int) else float(r)
simple("$round", rnd); simple("$trunc", lambda x, p=0: rnd(x, p, True))
for n_, f_ in (("$abs", abs), ("$ceil", math.ceil), ("$floor", math.floor)): simple(n_, lambda x, f_=f_: None if nul(x) else fixn(lambda y: f_(y[0]) if not isinstance(y[0], float) else float(f_(y[0])), (x,)), 1)
for n_, f_ in (("$sqrt", math.sqrt), ("$exp", math.exp), ("$ln", math.log), ("$log10", math.log10)): simple(n_, lambda x, f_=f_: None if nul(x) else f_(float(num(x))), 1)
simple("$pow", ari(lambda x: x[0] ** x[1], "$pow"), 2); simple("$log", lambda x, b: None if nul(x) else math.log(float(num(x)), float(num(b))), 2)
import operator as O
for n_, f_ in (("$eq", O.eq), ("$ne", O.ne), ("$gt", O.gt), ("$gte", O.ge), ("$lt", O.lt), ("$lte", O.le)): simple(n_, lambda a, b, f_=f_: f_(k0(a), k0(b)), 2)
def k0(v): return (4,) if v is MISS else tkey(v)
simple("$cmp", lambda a, b: (k0(a) > k0(b)) - (k0(a) < k0(b)), 2)
@op("$and")
def _(a): es = args(a); return lambda d, v: all(truthy(e(d, v)) for e in es)
@op("$or")
def _(a): es = args(a); return lambda d, v: any(truthy(e(d, v)) for e in es)
simple("$not", lambda x: not truthy(x))
@op("$cond")
def _(a):
    i, t, e = ([compile_expr(a[k]) for k in ("if", "then", "else")] if type(a) is dict else args(a)); return lambda d, v: t(d, v) if truthy(i(d, v)) else e(d, v)
@op("$ifNull")
def _(a):
    es = args(a)
    def f(d, v):
        for e in es:
            x = e(d, v)
            if not nul(x): return x
        return x
    return f
@op("$switch")
def _(a):
    br = [(compile_expr(b["case"]), compile_expr(b["then"])) for b in a["branches"]]; df = compile_expr(a["default"]) if "default" in a else None
    def f(d, v):
        for c, t in br:
            if truthy(c(d, v)): return t(d, v)
        if df is None: raise MErr(40066, "$switch could not find a matching branch for an input, and no default was specified.")
        return df(d, v)
    return f
@op("$literal")
def _(a): return lambda d, v: a
@op("$const")
def _(a): return lambda d, v: a
@op("$let")
def _(a):
    vs = {k: compile_expr(x) for k, x in a["vars"].items()}; i = compile_expr(a["in"]); return lambda d, v: i(d, {**v, **{k: e(d, v) for k, e in vs.items()}})
@op("$map")
def _(a):
    i, e, n = compile_expr(a["input"]), compile_expr(a["in"]), a.get("as", "this")
    def f(d, v):
        x = i(d, v)
        return None if nul(x) else [None if y is MISS else y for y in (e(d, {**v, n: z}) for z in chk(x, list, "$map", 16883))]
    return f
@op("$filter")
def _(a):
    i, c, n = compile_expr(a["input"]), compile_expr(a["cond"]), a.get("as", "this"); lim = compile_expr(a["limit"]) if "limit" in a else None
    def f(d, v):
        x = i(d, v)
        if nul(x): return None
        r = [y for y in chk(x, list, "$filter", 28651) if truthy(c(d, {**v, n: y}))]; return r[:int(lim(d, v))] if lim else r
    return f
@op("$reduce")
def _(a):
    i, z, e = compile_expr(a["input"]), compile_expr(a["initialValue"]), compile_expr(a["in"])
    def f(d, v):
        x = i(d, v)
        if nul(x): return None
        r = z(d, v)
        for y in x: r = e(d, {**v, "value": r, "this": y})
        return r
    return f
simple("$size", lambda x: len(chk(x, list, "$size", 17124)), 1); simple("$isArray", lambda x: type(x) is list, 1)
def elemat(a, i):
    if nul(a) or nul(i): return None
    i = int(i); chk(a, list, "$arrayElemAt", 28689); return a[i] if -len(a) <= i < len(a) else MISS
simple("$arrayElemAt", elemat, 2); simple("$first", lambda a: None if nul(a) else elemat(a, 0), 1); simple("$last", lambda a: None if nul(a) else elemat(a, -1), 1)
def slc(a, p, n=None):
    if nul(a): return None
    if n is None: return a[:p] if p >= 0 else a[p:]
    s = p if p >= 0 else max(0, len(a) + p); return a[s:s + n]
simple("$slice", slc); simple("$concatArrays", lambda *a: None if any(nul(x) for x in a) else [y for x in a for y in x]); simple("$reverseArray", lambda a: None if nul(a) else a[::-1], 1)
simple("$in", lambda x, a: k0(x) in {k0(y) for y in chk(a, list, "$in", 40081)}, 2); simple("$indexOfArray", lambda a, x, *r: None if nul(a) else next((i for i, y in enumerate(a) if k0(y) == k0(x)), -1))
simple("$range", lambda a, b, s=1: list(range(int(a), int(b), int(s))))
def uniq(l):
    s, o = set(), []
    for x in l:
        k = tkey(x)
        if k not in s: s.add(k); o.append(x)
    return o
simple("$setUnion", lambda *a: None if any(nul(x) for x in a) else uniq(y for x in a for y in x)); simple("$setIntersection", lambda *a: None if any(nul(x) for x in a) else [x for x in uniq(a[0]) if all(tkey(x) in {tkey(y) for y in b} for b in a[1:])])
simple("$setDifference", lambda a, b: None if nul(a) or nul(b) else [x for x in uniq(a) if tkey(x) not in {tkey(y) for y in b}], 2); simple("$setEquals", lambda a, b: {tkey(x) for x in a} == {tkey(x) for x in b}); simple("$setIsSubset", lambda a, b: {tkey(x) for x in a} <= {tkey(x) for x in b}, 2)
simple("$anyElementTrue", lambda a: any(truthy(x) for x in a)); simple("$allElementsTrue", lambda a: all(truthy(x) for x in a))
@op("$sortArray")
def _(a):
    i = compile_expr(a["input"]); s = a["sortBy"]; return lambda d, v: (lambda x: None if nul(x) else sorter(list(s.items()))(x) if type(s) is dict else sorted(x, key=tkey, reverse=s < 0))(i(d, v))
@op("$zip")
def _(a): es = [compile_expr(x) for x in a["inputs"]]; return lambda d, v: [list(t) for t in zip(*[e(d, v) for e in es])]
simple("$objectToArray", lambda o: None if nul(o) else [{"k": k, "v": x} for k, x in o.items()], 1); simple("$arrayToObject", lambda a: None if nul(a) else {(x["k"] if type(x) is dict else x[0]): (x["v"] if type(x) is dict else x[1]) for x in a})
simple("$mergeObjects", lambda *a: functools.reduce(lambda p, q: {**p, **q}, [x for y in a for x in (y if type(y) is list else [y]) if not nul(x)], {}))
@op("$getField")
def _(a):
    f_, i = (a["field"], a.get("input", "$$CURRENT")) if type(a) is dict and "field" in a else (a, "$$CURRENT"); i = compile_expr(i); fe = compile_expr(f_) if type(f_) is dict else (lambda d, v: f_); return lambda d, v: (lambda o: o.get(fe(d, v), MISS) if type(o) is dict else MISS)(i(d, v))
@op("$setField")
def _(a): i, x, fl = compile_expr(a["input"]), compile_expr(a["value"]), compile_expr(a["field"])({}, {}); return lambda d, v: (lambda o, y: {**{k: z for k, z in o.items() if k != fl}, **({} if y is MISS else {fl: y})})(i(d, v), x(d, v))
@op("$unsetField")
def _(a): i, fl = compile_expr(a["input"]), compile_expr(a["field"])({}, {}); return lambda d, v: {k: z for k, z in i(d, v).items() if k != fl}
simple("$type", lambda x: "missing" if x is MISS else TNAME.get(tcode(x), "undefined"), 1); simple("$isNumber", isnum, 1)
for n_, t_ in (("$toString", "string"), ("$toInt", "int"), ("$toLong", "long"), ("$toDouble", "double"), ("$toDecimal", "decimal"), ("$toBool", "bool"), ("$toDate", "date"), ("$toObjectId", "objectId")): simple(n_, lambda x, t_=t_: conv(x, t_), 1)
@op("$convert")
def _(a):
    i, oe, on = compile_expr(a["input"]), compile_expr(a["onError"]) if "onError" in a else None, compile_expr(a["onNull"]) if "onNull" in a else None
    def f(d, v):
        x = i(d, v)
        if nul(x): return on(d, v) if on else None
        try: return conv(x, a["to"] if not isinstance(a["to"], dict) else a["to"]["type"])
        except MErr:
            if oe: return oe(d, v)
            raise
    return f
strs("$split", lambda s, sep: s.split(sep)); simple("$strLenCP", lambda s: len(chk(s, str, "$strLenCP", 34471)), 1); simple("$strLenBytes", lambda s: len(s.encode()), 1)
simple("$substrCP", lambda s, a, n: "" if nul(s) else tostr(s)[int(a):int(a) + int(n)], 3); OPS["$substr"] = None
def subb(s, a, n): s = "" if nul(s) else tostr(s); b = s.encode(); return (b[int(a):] if n < 0 else b[int(a):int(a) + int(n)]).decode("utf-8", "strict")
simple("$substrBytes", subb, 3); simple("$substr", subb, 3)
simple("$indexOfCP", lambda s, x, a=0, b=None: None if nul(s) else s.find(x, int(a), None if b is None else int(b)))
def kw(name, keys, f, opt=()):
    def c(a):
        if type(a) is not dict: raise MErr(9, f"{name} requires an object as an argument, found: {TNAME.get(tcode(a))}")
        bad = set(a) - set(keys) - set(opt)
        if bad: raise MErr(9, f"Unrecognized argument to {name}: {bad.pop()}")
        es = {k: compile_expr(x) for k, x in a.items()}; return lambda d, v: f(**{k: e(d, v) for k, e in es.items()})
    OPS[name] = c
kw("$trim", ("input",), lambda input, chars=None: None if nul(input) else input.strip(chars), ("chars",)); kw("$ltrim", ("input",), lambda input, chars=None: None if nul(input) else input.lstrip(chars), ("chars",)); kw("$rtrim", ("input",), lambda input, chars=None: None if nul(input) else input.rstrip(chars), ("chars",))
kw("$replaceAll", ("input", "find", "replacement"), lambda input, find, replacement: None if nul(input) else input.replace(find, replacement)); kw("$replaceOne", ("input", "find", "replacement"), lambda input, find, replacement: None if nul(input) else input.replace(find, replacement, 1))
def rx(regex, options=None): return to_re(regex, options if options is not None else None)
kw("$regexMatch", ("input", "regex"), lambda input, regex, options=None: False if nul(input) or nul(regex) else rx(regex, options).search(input) is not None, ("options",))
def rfind(m): return {"match": m.group(), "idx": m.start(), "captures": list(m.groups())}
kw("$regexFind", ("input", "regex"), lambda input, regex, options=None: None if nul(input) else (lambda m: rfind(m) if m else None)(rx(regex, options).search(input)), ("options",)); kw("$regexFindAll", ("input", "regex"), lambda input, regex, options=None: [] if nul(input) else [rfind(m) for m in rx(regex, options).finditer(input)], ("options",))
def dpart(name, f):
    def c(a):
        de, ze = (compile_expr(a["date"]), compile_expr(a["timezone"]) if "timezone" in a else None) if type(a) is dict and "date" in a else (compile_expr(a[0] if type(a) is list else a), None)
        def g(d, v):
            x = de(d, v)
            return None if nul(x) else f(loc(todate(x), tz(ze(d, v) if ze else None)))
        return g
    OPS[name] = c
for n_, f_ in (("$year", lambda d: d.year), ("$month", lambda d: d.month), ("$dayOfMonth", lambda d: d.day), ("$hour", lambda d: d.hour), ("$minute", lambda d: d.minute), ("$second", lambda d: d.second), ("$millisecond", lambda d: d.microsecond // 1000), ("$dayOfWeek", lambda d: d.isoweekday() % 7 + 1), ("$dayOfYear", lambda d: d.timetuple().tm_yday), ("$isoWeek", lambda d: d.isocalendar()[1]), ("$isoWeekYear", lambda d: d.isocalendar()[0]), ("$isoDayOfWeek", lambda d: d.isoweekday()), ("$week", lambda d: int(d.strftime("%U")))): dpart(n_, f_)
kw("$dateToString", ("date",), lambda date, format="%Y-%m-%dT%H:%M:%S.%LZ", timezone=None, onNull=None: onNull if nul(date) else dfmt(todate(date), format, tz(timezone)), ("format", "timezone", "onNull"))
kw("$dateTrunc", ("date", "unit"), lambda date, unit, binSize=1, timezone=None, startOfWeek="sunday": None if nul(date) else dtrunc(todate(date), unit, int(binSize), tz(timezone), WD[startOfWeek.lower()]), ("binSize", "timezone", "startOfWeek"))
kw("$dateAdd", ("startDate", "unit", "amount"), lambda startDate, unit, amount, timezone=None: None if nul(startDate) or nul(amount) else dadd(todate(startDate), unit, int(amount), tz(timezone)), ("timezone",)); kw("$dateSubtract", ("startDate", "unit", "amount"), lambda startDate, unit, amount, timezone=None: None if nul(startDate) or nul(amount) else dadd(todate(startDate), unit, -int(amount), tz(timezone)), ("timezone",))
kw("$dateDiff", ("startDate", "endDate", "unit"), lambda startDate, endDate, unit, timezone=None, startOfWeek="sunday": None if nul(startDate) or nul(endDate) else (lambda r: Int64(r))(ddiff(todate(startDate), todate(endDate), unit, tz(timezone), WD[startOfWeek.lower()])), ("timezone", "startOfWeek"))
kw("$dateFromString", ("dateString",), lambda dateString, format=None, timezone=None, onError=None, onNull=None: onNull if nul(dateString) else parse_iso(dateString) if not format else dt.datetime.strptime(dateString, format.replace("%L", "%f")), ("format", "timezone", "onError", "onNull"))
kw("$dateFromParts", (), lambda year, month=1, day=1, hour=0, minute=0, second=0, millisecond=0, timezone=None: unloc((addmonths(dt.datetime(int(year), 1, 1), int(month) - 1) + dt.timedelta(days=int(day) - 1, hours=int(hour), minutes=int(minute), seconds=int(second), milliseconds=int(millisecond))).replace(tzinfo=tz(timezone))), ("year", "month", "day", "hour", "minute", "second", "millisecond", "timezone"))
@op("$dateToParts")
def _(a):
    e = compile_expr(a["date"]); z = a.get("timezone")
    return lambda d, v: (lambda x: None if nul(x) else (lambda l: {"year": l.year, "month": l.month, "day": l.day, "hour": l.hour, "minute": l.minute, "second": l.second, "millisecond": l.microsecond // 1000})(loc(todate(x), tz(z))))(e(d, v))
@op("$rand")
def _(a): return lambda d, v: random.random()
@op("$meta")
def _(a): return lambda d, v: v.get("SCORE", MISS)
simple("$binarySize", lambda x: None if nul(x) else len(x if isinstance(x, bytes) else x.encode()), 1)
def _agg_expr(name, f):
    def c(a):
        es = args(a)
        def g(d, v):
            xs = [e(d, v) for e in es]
            if len(xs) == 1 and type(xs[0]) is list: xs = xs[0]
            return f(xs)
        return g
    OPS[name] = c
def s_sum(xs): l = [x for x in xs if isnum(x)]; return fixn(addsum, l) if l else 0
def s_avg(xs):
    l = [x for x in xs if isnum(x)]
    if not l: return None
    if any(isinstance(x, Decimal128) for x in l): return Decimal128(s_sum(l).to_decimal() / len(l))
    return math.fsum(float(x) for x in l) / len(l)
def s_min(xs): l = [x for x in xs if not nul(x)]; return min(l, key=tkey) if l else None
def s_max(xs): l = [x for x in xs if not nul(x)]; return max(l, key=tkey) if l else None
def s_std(xs, samp):
    l = [float(num(x)) for x in xs if isnum(x)]; n = len(l)
    if n < (2 if samp else 1): return None
    m = math.fsum(l) / n; return math.sqrt(math.fsum((x - m) ** 2 for x in l) / (n - samp))
for n_, f_ in (("$sum", s_sum), ("$avg", s_avg), ("$min", s_min), ("$max", s_max), ("$stdDevPop", lambda x: s_std(x, 0)), ("$stdDevSamp", lambda x: s_std(x, 1))): _agg_expr(n_, f_)
for n_, k_ in (("$maxN", True), ("$minN", False)): OPS[n_] = (lambda k_: lambda a: (lambda i, n: lambda d, v: sorted([x for x in i(d, v) if not nul(x)], key=tkey, reverse=k_)[:int(n(d, v))])(compile_expr(a["input"]), compile_expr(a["n"])))(k_)
OPS["$firstN"] = lambda a: (lambda i, n: lambda d, v: i(d, v)[:int(n(d, v))])(compile_expr(a["input"]), compile_expr(a["n"])); OPS["$lastN"] = lambda a: (lambda i, n: lambda d, v: i(d, v)[-int(n(d, v)):])(compile_expr(a["input"]), compile_expr(a["n"]))
def compile_op_expr(k, a):
    f = OPS.get(k)
    if f is None: raise MErr(168, f"Unrecognized expression '{k}'")
    return f(a)
# ------------------------------------------------------------------ accumulators: (init, step, final)
def accumulator(spec):
    k, a = next(iter(spec.items()))
    if k == "$count": return (lambda: [0]), (lambda s, d, v: s.__setitem__(0, s[0] + 1)), (lambda s: s[0])
    if k in ("$top", "$bottom", "$topN", "$bottomN"):
        out = compile_expr(a["output"]); n = compile_expr(a["n"]) if "n" in a else None; srt = sorter(list(a["sortBy"].items()))
        def fin(s):
            l = srt(s, lambda t: t[0]); m = n({}, {}) if n else 1; l = l[:m] if k.startswith("$top") else l[-m:]; r = [None if t[1] is MISS else t[1] for t in l]; return r if n else (r[0] if r else None)
        return list, (lambda s, d, v: s.append((d, out(d, v)))), fin
    if k in ("$firstN", "$lastN", "$maxN", "$minN"):
        e, n = compile_expr(a["input"]), compile_expr(a["n"]); m = lambda: int(n({}, {}))
        return list, (lambda s, d, v: s.append(e(d, v))), {"$firstN": lambda s: [None if x is MISS else x for x in s[:m()]], "$lastN": lambda s: [None if x is MISS else x for x in s[-m():]], "$maxN": lambda s: sorted([x for x in s if not nul(x)], key=tkey, reverse=True)[:m()], "$minN": lambda s: sorted([x for x in s if not nul(x)], key=tkey)[:m()]}[k]
    if k in ("$percentile", "$median"):
        e = compile_expr(a["input"]); ps = a.get("p", [0.5])
        def fin(s):
            l = sorted(float(num(x)) for x in s if isnum(x)); r = [l[max(0, math.ceil(p * len(l)) - 1)] if l else None for p in ps]; return r if k == "$percentile" else r[0]
        return list, (lambda s, d, v: s.append(e(d, v))), fin
    e = compile_expr(a)
    if k == "$sum":
        def step(s, d, v):
            x = e(d, v)
            if type(x) is int and type(s[0]) is int: s[0] += x
            elif isnum(x): s[0] = fixn(addsum, (s[0], x))
        return (lambda: [0]), step, (lambda s: s[0] if not (type(s[0]) is int and not -2**31 <= s[0] < 2**31) else (Int64(s[0]) if -2**63 <= s[0] < 2**63 else float(s[0])))
    if k in ("$avg", "$stdDevPop", "$stdDevSamp"): return list, (lambda s, d, v: s.append(e(d, v))), {"$avg": s_avg, "$stdDevPop": lambda x: s_std(x, 0), "$stdDevSamp": lambda x: s_std(x, 1)}[k]
    if k in ("$min", "$max"):
        lt = k == "$min"
        def step(s, d, v):
            x = e(d, v)
            if nul(x): return
            t = tkey(x)
            if s[1] is None or (t < s[1] if lt else t > s[1]): s[0], s[1] = x, t
        return (lambda: [None, None]), step, (lambda s: s[0])
    if k == "$first": return list, (lambda s, d, v: s or s.append(e(d, v))), (lambda s: None if s[0] is MISS else s[0])
    if k == "$last": return (lambda: [MISS]), (lambda s, d, v: s.__setitem__(0, e(d, v))), (lambda s: None if s[0] is MISS else s[0])
    if k == "$push": return list, (lambda s, d, v: (lambda x: None if x is MISS else s.append(x))(e(d, v))), (lambda s: s)
    if k == "$addToSet": return dict, (lambda s, d, v: (lambda x: None if x is MISS else s.setdefault(tkey(x), x))(e(d, v))), (lambda s: list(s.values()))
    if k == "$mergeObjects": return dict, (lambda s, d, v: (lambda x: None if nul(x) else s.update(x))(e(d, v))), (lambda s: s)
    raise MErr(15952, f"unknown group operator '{k}'")
# ------------------------------------------------------------------ stages: f(iterable_of_docs, ctx) -> iterable ; ctx: engine hooks
def V(d, ctx): return {"ROOT": d, "CURRENT": d, **ctx["vars"]}
def addfields(spec):
    def flat(s, pre=()):
        for k, x in s.items():
            if k.startswith("$"): raise MErr(16410, f"Field names may not start with '$'. Consider using $getField or $setField: {k}")
            if type(x) is dict and x and not next(iter(x)).startswith("$"): yield from flat(x, pre + tuple(k.split(".")))
            else: yield pre + tuple(k.split(".")), compile_expr(x)
    items = list(flat(spec))
    def put(o, p, v):
        if len(p) == 1:
            o = dict(o) if type(o) is dict else {}
            if v is MISS: o.pop(p[0], None)
            else: o[p[0]] = v
            return o
        if type(o) is list: return [put(y, p, v) for y in o]
        o = dict(o) if type(o) is dict else {}
        c = o.get(p[0]); o[p[0]] = [put(y, p[1:], v) for y in c] if type(c) is list else put(c if type(c) is dict else {}, p[1:], v); return o
    def run(it, ctx):
        for d in it:
            vs = V(d, ctx); o = d
            for p, e in items: o = put(o, p, e(d, vs))
            yield o
    return run
def project(spec, ctx0):
    if not spec: raise MErr(51272, "Invalid $project :: caused by :: projection specification must have at least one field")
    comp = {}; plain = {}
    def flat(s, pre=""):
        for k, x in s.items():
            if k.startswith("$"): raise MErr(16410, f"Invalid $project :: caused by :: FieldPath field names may not start with '$': {k}")
            if type(x) is dict and x and not next(iter(x)).startswith("$"): yield from flat(x, pre + k + ".")
            else: yield pre + k, x
    for k, x in flat(spec):
        if isinstance(x, bool) or isnum(x): plain[k] = x
        else: comp[k] = compile_expr(x)
    inc = {k for k, x in plain.items() if x and k != "_id"}; exc = {k for k, x in plain.items() if not x and k != "_id"}
    if exc and (inc or comp): raise MErr(31254, f"Invalid $project :: caused by :: Cannot do exclusion on field {next(iter(exc))} in inclusion projection")
    idv = plain.get("_id"); it_, et = core._tree(inc), core._tree(exc)
    def run(it, ctx):
        for d in it:
            if exc or (idv is not None and not idv and not inc and not comp): o = core._excl(d, et); idv is not None and not idv and o.pop("_id", None)
            else:
                o = core._incl(d, it_)
                if (idv is None or idv) and "_id" in d and "_id" not in comp: o = {"_id": d["_id"], **o}
            if comp:
                vs = V(d, ctx)
                for k, e in comp.items():
                    x = e(d, vs)
                    if x is not MISS:
                        parts = k.split(".")
                        if len(parts) == 1: o[k] = x
                        else: nested_put(o, d, parts, x)
            yield o
    return run
def nested_put(o, d, parts, x):
    for i, p in enumerate(parts[:-1]):
        if type(o.get(p)) is not dict: o[p] = {}
        o = o[p]
    o[parts[-1]] = x
def group(spec):
    if "_id" not in spec: raise MErr(15955, "a group specification must include an _id")
    ide = compile_expr(spec["_id"]); accs = []
    for k, a in spec.items():
        if k == "_id": continue
        if type(a) is not dict or len(a) != 1: raise MErr(40234, f"The field '{k}' must be an accumulator object")
        if "." in k: raise MErr(40235, f"The field name '{k}' cannot contain '.'")
        accs.append((k, accumulator(a)))
    def run(it, ctx):
        g = {}; base = ctx["vars"]
        for d in it:
            v = {"ROOT": d, "CURRENT": d, **base} if base else {"ROOT": d, "CURRENT": d}; i = ide(d, v); kk = tkey(i) if i is not MISS else (5,)
            st = g.get(kk)
            if st is None: st = g[kk] = (None if i is MISS else i, [a[1][0]() for a in accs])
            for (_, (_, step, _)), s in zip(accs, st[1]): step(s, d, v)
        for i, ss in g.values():
            o = {"_id": i}
            for (k, (_, _, fin)), s in zip(accs, ss): o[k] = fin(s)
            yield o
    return run
def window_fields(spec):
    pe = compile_expr(spec["partitionBy"]) if "partitionBy" in spec else None; sb = list(spec.get("sortBy", {}).items()); outs = []
    for k, o in spec["output"].items():
        w = o.get("window", {}); fn = next(x for x in o if x != "window"); outs.append((k, fn, o[fn], w))
    def run(it, ctx):
        parts = {}
        for d in it: parts.setdefault(k0(pe(d, V(d, ctx))) if pe else None, []).append(d)
        for rows in parts.values():
            if sb: rows = sorter(sb)(rows)
            res = [dict(r) for r in rows]; n = len(rows)
            if sb:
                keys = [tuple(sort_val(r, f.split("."), int(dd) < 0) for f, dd in sb) for r in rows]
            for k, fn, a, w in outs:
                vals = None
                if fn == "$documentNumber": vals = list(range(1, n + 1))
                elif fn in ("$rank", "$denseRank"):
                    vals, r, dr = [], 0, 0
                    for i in range(n):
                        if i == 0 or keys[i] != keys[i - 1]: r, dr = i + 1, dr + 1
                        vals.append(r if fn == "$rank" else dr)
                elif fn == "$shift":
                    e = compile_expr(a["output"]); de = compile_expr(a.get("default")); by = int(a["by"]); vals = [(lambda j: e(rows[j], V(rows[j], ctx)) if 0 <= j < n else de({}, {}))(i + by) for i in range(n)]
                elif fn in ("$derivative", "$integral", "$expMovingAvg", "$locf", "$linearFill"):
                    if fn != "$locf": raise MErr(238, f"{fn} is not supported by the embedded database")
                    e = compile_expr(a); last = None; vals = []
                    for r in rows:
                        x = e(r, V(r, ctx)); last = last if nul(x) else x; vals.append(last)
                else:
                    init, step, fin = accumulator({fn: a})
                    if "range" in w:
                        lo, hi = w["range"]; unit = w.get("unit"); sv = [next(walk(r, sb[0][0].split("."))) for r in rows]
                        def off(v, x): return dadd(v, unit, int(x), dt.timezone.utc) if unit else num(v) + num(x)
                        def bound(i, x, isl): return None if x == "unbounded" else sv[i] if x == "current" else off(sv[i], x)
                        spans = []
                        tk = [tkey(x) for x in sv]
                        for i in range(n):
                            l, h = bound(i, lo, 1), bound(i, hi, 0); spans.append((0 if l is None else bisect.bisect_left(tk, tkey(l)), n if h is None else bisect.bisect_right(tk, tkey(h))))
                    else:
                        lo, hi = w.get("documents", ["unbounded", "unbounded"]); f = lambda i, x, dflt: dflt if x == "unbounded" else i if x == "current" else i + int(x)
                        spans = [(max(0, f(i, lo, 0)), min(n, (n if hi == "unbounded" else f(i, hi, 0) + 1))) for i in range(n)]
                    vals = []; inc = all(s[0] == spans[0][0] for s in spans) and fn in ("$sum", "$count", "$min", "$max", "$avg", "$push", "$addToSet", "$first", "$last") and all(spans[i][1] >= spans[i - 1][1] for i in range(1, n))
                    if inc:
                        import copy
                        s = init(); j = spans[0][0] if n else 0
                        for l, h in spans:
                            while j < h: step(s, rows[j], V(rows[j], ctx)); j += 1
                            vals.append(copy.copy(fin(s)) if h > l else (0 if fn in ("$sum", "$count") else None))
                    else:
                        for l, h in spans:
                            s = init(); 
                            for r in rows[l:h]: step(s, r, V(r, ctx))
                            vals.append(fin(s) if h > l or fn not in ("$first",) else None)
                for r, x in zip(res, vals):
                    if x is not MISS: set_path(r, k, x)
            yield from res
    return run
def densify(spec):
    f, rg = spec["field"], spec["range"]; step, unit = rg["step"], rg.get("unit"); pf = spec.get("partitionByFields", [])
    nx = (lambda v: dadd(v, unit, int(step), dt.timezone.utc)) if unit else (lambda v: fixn(addsum, (v, step)))
    def run(it, ctx):
        docs = sorter([(f, 1)])(list(it)); groups = {}
        for d in docs: groups.setdefault(tuple(k0(fieldpath(p)(d)) for p in pf), []).append(d)
        allv = [fieldpath(f)(d) for d in docs if not nul(fieldpath(f)(d))]
        for g in groups.values():
            vals = [fieldpath(f)(d) for d in g if not nul(fieldpath(f)(d))]; b = rg["bounds"]
            if not vals: yield from g; continue
            lo, hi = (min(allv, key=tkey), max(allv, key=tkey)) if b == "full" else (vals[0], vals[-1]) if b == "partition" else b; have = {tkey(x) for x in vals}; out = list(g); v = lo; n = 0
            while tkey(v) < tkey(hi) or (b in ("full", "partition") and tkey(v) <= tkey(hi)):
                if tkey(v) not in have:
                    o = {}
                    for p in pf: set_path(o, p, fieldpath(p)(g[0]))
                    set_path(o, f, v); out.append(o)
                v = nx(v); n += 1
                if n > 500000: raise MErr(5897900, "Generated 500000 documents in $densify, which is over the limit")
            yield from sorter([(f, 1)])(out)
    return run
def fill(spec):
    sb = list(spec.get("sortBy", {}).items()); pf = spec.get("partitionByFields"); pe = compile_expr(spec["partitionBy"]) if "partitionBy" in spec else None
    def run(it, ctx):
        groups = {}
        for d in it: groups.setdefault(tuple(k0(fieldpath(p)(d)) for p in pf) if pf else k0(pe(d, V(d, ctx))) if pe else None, []).append(dict(d))
        for g in groups.values():
            if sb: g = sorter(sb)(g)
            for f, o in spec["output"].items():
                if "value" in o:
                    e = compile_expr(o["value"])
                    for d in g:
                        if nul(d.get(f, MISS)): d[f] = e(d, V(d, ctx))
                elif o["method"] == "locf":
                    last = None
                    for d in g:
                        if nul(d.get(f, MISS)): d[f] = last
                        else: last = d[f]
                else: raise MErr(238, "$fill linear is not supported by the embedded database")
            yield from g
    return run
def compile_stage(st, ctx):
    if type(st) is not dict or len(st) != 1: raise MErr(40323, "A pipeline stage specification object must contain exactly one field.")
    k, a = next(iter(st.items())); cf = ctx.get("cf")
    if k == "$match":
        g = compile_filter(a, cf, ctx.get("env")); return lambda it, c: (d for d in it if g(d))
    if k == "$project": return project(a, ctx)
    if k in ("$addFields", "$set"): return addfields(a)
    if k == "$unset": t = core._tree([a] if isinstance(a, str) else a); return lambda it, c: (core._excl(d, t) for d in it)
    if k == "$group": return group(a)
    if k == "$sort":
        s = list(a.items())
        if any(type(x) is dict for _, x in s): s = [(f, -1) if type(x) is dict else (f, x) for f, x in s]
        return lambda it, c: iter(sorter(s, cf)(it))
    if k == "$limit":
        if not isnum(a) or a <= 0: raise MErr(15958, "the limit must be positive")
        return lambda it, c: itertools.islice(it, int(a))
    if k == "$skip": return lambda it, c: itertools.islice(it, int(a), None)
    if k == "$count":
        def run(it, c):
            n = sum(1 for _ in it)
            if n: yield {a: n}
        return run
    if k == "$sortByCount":
        g = group({"_id": a, "count": {"$sum": 1}}); return lambda it, c: iter(sorter([("count", -1)])(g(it, c)))
    if k == "$unwind":
        o = {"path": a} if isinstance(a, str) else a; path = o["path"][1:]; parts = path.split("."); pn = o.get("preserveNullAndEmptyArrays", False); ix = o.get("includeArrayIndex")
        def put(d, ps, v):
            d = dict(d)
            if len(ps) == 1:
                if v is MISS: d.pop(ps[0], None)
                else: d[ps[0]] = v
            else: d[ps[0]] = put(d.get(ps[0], {}), ps[1:], v)
            return d
        def run(it, c):
            for d in it:
                v = d
                for p in parts: v = v.get(p, MISS) if type(v) is dict else MISS
                if type(v) is list:
                    if v:
                        for i, y in enumerate(v):
                            r = put(d, parts, y)
                            if ix: set_path(r, ix, Int64(i))
                            yield r
                        continue
                    if not pn: continue
                    r = put(d, parts, MISS)
                elif nul(v):
                    if not pn: continue
                    r = dict(d)
                else: r = dict(d)
                if ix: set_path(r, ix, None)
                yield r
        return run
    if k in ("$replaceRoot", "$replaceWith"):
        e = compile_expr(a["newRoot"] if k == "$replaceRoot" else a)
        def run(it, c):
            for d in it:
                r = e(d, V(d, c))
                if type(r) is not dict: raise MErr(40228, "'newRoot' expression must evaluate to an object")
                yield r
        return run
    if k == "$lookup":
        frm, as_ = a["from"], a["as"]; lf, ff = a.get("localField"), a.get("foreignField"); lets = {n: compile_expr(x) for n, x in a.get("let", {}).items()}; pl = a.get("pipeline")
        def run(it, c):
            cache = {}
            for d in it:
                flt = None
                if lf is not None:
                    vals = list(expand(walk(d, lf.split(".")))); vals = [x for x in vals if type(x) is not list and x is not MISS and not isre(x)] or [None]; flt = {ff: {"$in": vals}}
                vs = {n: e(d, V(d, c)) for n, e in lets.items()}
                ck = (tkey(flt), tuple((n, k0(x)) for n, x in vs.items()))
                if ck not in cache:
                    if len(cache) > 5000: cache.clear()
                    cache[ck] = c["run"](frm, ([{"$match": flt}] if flt else []) + (pl or []), {**c["vars"], **vs})
                o = dict(d); set_path(o, as_, list(cache[ck])); yield o
        return run
    if k == "$graphLookup":
        sw = compile_expr(a["startWith"]); mx = a.get("maxDepth"); df = a.get("depthField"); rs = a.get("restrictSearchWithMatch")
        def run(it, c):
            for d in it:
                x = sw(d, V(d, c)); fr = x if type(x) is list else [x]; seen, out, depth = set(), [], 0
                while fr and (mx is None or depth <= mx):
                    nxt = []
                    for y in c["run"](a["from"], [{"$match": {a["connectToField"]: {"$in": [z for z in fr if z is not MISS]}}}] + ([{"$match": rs}] if rs else []), c["vars"]):
                        kk = tkey(y["_id"])
                        if kk in seen: continue
                        seen.add(kk); y = dict(y)
                        if df: y[df] = Int64(depth)
                        out.append(y); nxt += [z for z in expand(walk(y, a["connectFromField"].split("."))) if type(z) is not list and not nul(z)]
                    fr = nxt; depth += 1
                o = dict(d); set_path(o, a["as"], out); yield o
        return run
    if k == "$facet":
        subs = {n: compile_pipeline(p, ctx) for n, p in a.items()}
        def run(it, c): docs = list(it); yield {n: list(f(iter(docs), c)) for n, f in subs.items()}
        return run
    if k == "$bucket":
        b = a["boundaries"]; kb = [tkey(x) for x in b]; g = compile_expr(a["groupBy"]); out = a.get("output", {"count": {"$sum": 1}})
        def run(it, c):
            bk = {}; dfl = []
            for d in it:
                x = k0(g(d, V(d, c))); i = bisect.bisect_right(kb, x) - 1
                if 0 <= i < len(b) - 1 and kb[i][0] == x[0]: bk.setdefault(i, []).append(d)
                elif "default" in a: dfl.append(d)
                else: raise MErr(40066, "$switch could not find a matching branch for an input, and no default was specified.")
            for i in sorted(bk): yield {**next(group({"_id": None, **out})(iter(bk[i]), c)), "_id": b[i]}
            if dfl: yield {**next(group({"_id": None, **out})(iter(dfl), c)), "_id": a["default"]}
        return run
    if k == "$bucketAuto":
        g = compile_expr(a["groupBy"]); out = a.get("output", {"count": {"$sum": 1}}); nb = int(a["buckets"])
        def run(it, c):
            rows = sorted(((g(d, V(d, c)), d) for d in it), key=lambda t: k0(t[0])); n = len(rows); i = 0; bks = []
            size = max(1, round(n / nb)) if n else 1
            while i < n and len(bks) < nb:
                j = n if len(bks) == nb - 1 else min(n, i + size)
                while j < n and k0(rows[j][0]) == k0(rows[j - 1][0]): j += 1
                bks.append(rows[i:j]); i = j
            for q, bk in enumerate(bks):
                hi = bks[q + 1][0][0] if q + 1 < len(bks) else bk[-1][0]; yield {**next(group({"_id": None, **out})((d for _, d in bk), c)), "_id": {"min": bk[0][0], "max": hi}}
        return run
    if k == "$sample": return lambda it, c: iter((lambda l: random.sample(l, min(len(l), int(a["size"]))))(list(it)))
    if k == "$unionWith":
        frm, pl = (a, []) if isinstance(a, str) else (a["coll"], a.get("pipeline", [])); return lambda it, c: itertools.chain(it, c["run"](frm, pl, c["vars"]))
    if k == "$setWindowFields": return window_fields(a)
    if k == "$densify": return densify(a)
    if k == "$fill": return fill(a)
    if k == "$redact":
        e = compile_expr(a)
        return lambda it, c: (d for d in it if e(d, {**V(d, c), "KEEP": "keep", "PRUNE": "prune", "DESCEND": "descend"}) != "prune")
    if k == "$documents": e = compile_expr(a); return lambda it, c: iter(e({}, c["vars"]))
    if k in ("$out", "$merge"): return lambda it, c: c["write"](k, a, it)
    if k in ("$collStats", "$indexStats"): return lambda it, c: iter([c["stats"](k)])
    if k in ("$listLocalSessions", "$currentOp", "$listSessions"): return lambda it, c: iter([])
    if k in ("$geoNear", "$search", "$vectorSearch", "$searchMeta"): raise MErr(238, f"{k} is not supported by the embedded database")
    raise MErr(40324, f"Unrecognized pipeline stage name: '{k}'")
def compile_pipeline(p, ctx):
    fs = [compile_stage(s, ctx) for s in p]
    def run(it, c):
        for f in fs: it = f(it, c)
        return it
    return run
