"""PoC storage: BSON blobs + memcmp key strings in one SQLite file. All databases share the file, so transactions span databases."""
import os, sqlite3, threading, time, collections, contextlib, itertools, heapq, re, secrets, datetime as dt
import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.binary import UuidRepresentation
from pocketmongo.core import *
from pocketmongo import agg as A, update as U
CODEC = CodecOptions(document_class=dict, tz_aware=False, uuid_representation=UuidRepresentation.UNSPECIFIED, datetime_conversion=DatetimeConversion.DATETIME_AUTO)
MAXDOC = 16 * 1024 * 1024
def dec(b): return bson.decode(b, CODEC)
def enc(d):
    b = bson.encode(d, codec_options=CODEC)
    if len(b) > MAXDOC: raise MErr(10334, f"BSONObj size: {len(b)} is invalid. Size must be between 0 and 16793600(16MB)")
    return b
def nxt(b):
    b = bytearray(b)
    while b and b[-1] == 255: b.pop()
    if not b: return b"\xff" * 40
    b[-1] += 1; return bytes(b)
class Index:
    def __init__(s, iid, spec):
        s.iid, s.spec, s.name = iid, spec, spec["name"]; s.key = list(spec["key"].items()); s.unique = bool(spec.get("unique")); s.sparse = bool(spec.get("sparse")); s.multikey = bool(spec.get("_mk"))
        s.kind = next((d for _, d in s.key if isinstance(d, str)), None); s.virtual = s.kind in ("text", "2dsphere", "2d", "2dsphere_bucket", "wildcard") or any("$**" in k for k, _ in s.key)
        s.fields = [(k.split("."), -1 if not isinstance(d, str) and d < 0 else 1) for k, d in s.key]; s.coll = spec.get("collation"); s.cf = collation_fold(s.coll)
        s.pf = spec.get("partialFilterExpression"); s.pfm = compile_filter(s.pf, s.cf) if s.pf else None; s.single = s.key[0][0] if len(s.key) == 1 and "." not in s.key[0][0] else None
    def keys(s, doc):
        if s.virtual or (s.pfm and not s.pfm(doc)): return ()
        if s.single is not None:
            v = doc.get(s.single, MISS)
            if v is MISS and s.sparse: return ()
            if type(v) is not list:
                k = ks(v, s.cf); return (k if s.fields[0][1] > 0 else k.translate(INV),)
        cols = []; present = False
        for parts, d in s.fields:
            vs = list(idx_vals(doc, parts)); present = present or any(v is not MISS for v in vs); e = {ks(v, s.cf) for v in vs}
            cols.append([x if d > 0 else x.translate(INV) for x in e])
        if s.sparse and not present: return ()
        if sum(len(c) > 1 for c in cols) > 1 and any(type(v) is list for p, _ in s.fields for v in ()): raise MErr(171, "cannot index parallel arrays")
        out = cols[0] if len(cols) == 1 else [b"".join(t) for t in itertools.product(*cols)]
        if len(out) > 1 or any(type(v) is list for p, _ in s.fields for v in [doc.get(p[0])]): s.multikey = True
        return out
class Coll:
    def __init__(s, cid, db, name, opts): s.cid, s.db, s.name, s.opts = cid, db, name, opts; s.ns = f"{db}.{name}"; s.indexes = {}; s.D = f"d{cid}"; v = opts.get("validator"); s.val = compile_filter(v) if v and opts.get("validationAction", "error") == "error" else None
class Txn:
    def __init__(s): s.seq = None; s.conn = None; s.writing = False; s.dead = False; s.started = time.time(); s.events = []; s.touched = time.time(); s.sock = None
class Store:
    def __init__(s, path, sync="NORMAL"):
        s.path, s.sync = path, sync; s.mem = path == ":memory:"
        if s.mem: s.uri = f"file:mm{secrets.token_hex(6)}?mode=memory&cache=shared"
        else:
            s.uri = "file:" + path.replace("?", "%3f").replace("#", "%23"); s.lockf = open(path + ".lock", "a+")
            try:
                if os.name == "nt": import msvcrt; msvcrt.locking(s.lockf.fileno(), msvcrt.LK_NBLCK, 1)
                else: import fcntl; fcntl.flock(s.lockf, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError: raise SystemExit(f"{path} is in use by another process")
        s.w = s.connect()
        s.w.executescript("CREATE TABLE IF NOT EXISTS coll(cid INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT, name TEXT, opts BLOB, UNIQUE(db,name)); CREATE TABLE IF NOT EXISTS idx(iid INTEGER PRIMARY KEY AUTOINCREMENT, cid INTEGER, spec BLOB);")
        if not s.mem: os.chmod(path, 0o600)
        s.lock = threading.Condition(); s.owner = None; s.seq = 0; s.pool = []; s.plock = threading.Lock()
        s.oplog = collections.deque(maxlen=200000); s.opseq = int(time.time() * 1000) << 10; s.opcond = threading.Condition(); s.closed = False
        s.load()
    def connect(s):
        c = sqlite3.connect(s.uri, uri=True, check_same_thread=False, isolation_level=None, timeout=30, cached_statements=400)
        if not s.mem: c.execute("PRAGMA journal_mode=WAL"); c.execute(f"PRAGMA synchronous={s.sync}")
        else: c.execute("PRAGMA read_uncommitted=0")
        c.execute("PRAGMA cache_size=-16000"); return c
    def load(s):
        # Made aside and put in place whole: readers take no lock, and to them a collection that is missing is empty.
        cat = {}; by = {}
        for cid, db, name, o in s.w.execute("SELECT cid,db,name,opts FROM coll"): c = cat[db, name] = by[cid] = Coll(cid, db, name, dec(o))
        for iid, cid, sp in s.w.execute("SELECT iid,cid,spec FROM idx ORDER BY iid"): i = Index(iid, dec(sp)); by[cid].indexes[i.name] = i
        s.cat = cat
    def rconn(s):
        with s.plock:
            if s.pool: return s.pool.pop()
        c = s.connect(); return c
    def rfree(s, c):
        with s.plock:
            if len(s.pool) < 32 and not s.closed: s.pool.append(c); return
        c.close()
    @contextlib.contextmanager
    def reader(s, txn=None):
        if txn is not None:
            if txn.conn is None and not txn.writing:
                txn.conn = s.connect(); txn.conn.execute("BEGIN"); txn.conn.execute("SELECT 1 FROM coll LIMIT 1").fetchall(); txn.seq = s.seq
            yield s.w if txn.writing else txn.conn
        elif s.mem:
            with s.writer() as c: yield c
        else:
            c = s.rconn()
            try: yield c
            finally: s.rfree(c)
    def acquire(s, who, wait):
        end = time.time() + wait
        with s.lock:
            while s.owner is not None and s.owner is not who:
                r = end - time.time()
                if r <= 0: return False
                s.lock.wait(min(r, 1.0)); s.reap()
            s.owner = who; return True
    def reap(s):
        o = s.owner
        if isinstance(o, Txn) and time.time() - o.started > 60: s._abort(o)
    def release(s):
        with s.lock: s.owner = None; s.lock.notify()
    @contextlib.contextmanager
    def writer(s, txn=None):
        if txn is not None:
            if txn.dead: raise MErr(251, "Given transaction number does not match any in-progress transactions.", labels=["TransientTransactionError"])
            if not txn.writing:
                if not s.acquire(txn, 3.0): raise MErr(112, "WriteConflict: another transaction holds the write lock. Please retry your operation or multi-document transaction.", labels=["TransientTransactionError"])
                if txn.seq is not None and txn.seq != s.seq: s.release(); raise MErr(112, "WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.", labels=["TransientTransactionError"])
                if txn.conn is not None: txn.conn.execute("ROLLBACK"); txn.conn.close(); txn.conn = None
                s.w.execute("BEGIN IMMEDIATE"); txn.writing = True
            s.ev = txn.events; yield s.w; return
        me = object()
        if not s.acquire(me, 65.0): raise MErr(50, "operation exceeded time limit waiting for the write lock")
        ev = s.ev = []
        try:
            s.w.execute("BEGIN IMMEDIATE")
            try: yield s.w
            except BaseException:
                s.w.execute("ROLLBACK"); s.load(); raise
            s.w.execute("COMMIT"); s.seq += 1
            if ev: s.publish(ev)
        finally: s.release()
    def commit(s, t):
        with s.lock:
            if t.dead: raise MErr(251, "Transaction has been aborted.", labels=["TransientTransactionError"])
            t.dead = True
            if t.conn is not None: t.conn.close(); t.conn = None
            if t.writing:
                try: s.w.execute("COMMIT"); s.seq += 1
                finally: s.owner = None; s.lock.notify()
                if t.events: s.publish(t.events)
    def _abort(s, t):
        if t.dead: return
        t.dead = True
        if t.conn is not None: t.conn.close(); t.conn = None
        if t.writing: s.w.execute("ROLLBACK"); s.load(); s.owner = None; s.lock.notify()
    def abort(s, t):
        with s.lock: s._abort(t)
    def publish(s, ev):
        with s.opcond:
            for e in ev: s.opseq += 1; s.oplog.append((s.opseq,) + e)
            s.opcond.notify_all()
    # ---------------- catalog
    def coll(s, db, name): return s.cat.get((db, name))
    def create(s, db, name, opts=None):
        if not name or "\x00" in name or name.startswith("."): raise MErr(73, f"Invalid namespace specified '{db}.{name}'")
        if not db or any(x in db for x in "/\\. \"$\x00") or len(db.encode()) > 63: raise MErr(73, f"Invalid database name: '{db}'")
        cid = s.w.execute("INSERT INTO coll(db,name,opts) VALUES(?,?,?)", (db, name, enc(opts or {}))).lastrowid; c = s.cat[db, name] = Coll(cid, db, name, opts or {})
        s.w.execute(f"CREATE TABLE d{cid}(rid INTEGER PRIMARY KEY, k BLOB NOT NULL UNIQUE, v BLOB NOT NULL)"); return c
    def ensure(s, db, name): return s.cat.get((db, name)) or s.create(db, name)
    def drop(s, c):
        for i in c.indexes.values(): s.w.execute(f"DROP TABLE IF EXISTS x{i.iid}")
        s.w.execute("DELETE FROM idx WHERE cid=?", (c.cid,)); s.w.execute("DELETE FROM coll WHERE cid=?", (c.cid,)); s.w.execute(f"DROP TABLE {c.D}"); s.cat.pop((c.db, c.name))
        s.ev.append(("drop", c.db, c.name, None, None, None))
    def create_index(s, c, spec):
        i = Index(0, spec); same = next((x for x in c.indexes.values() if x.key == i.key and x.pf == i.pf and x.coll == i.coll), None)
        opts = lambda x: {k: v for k, v in x.items() if k in ("unique", "sparse", "expireAfterSeconds", "partialFilterExpression", "collation", "hidden") and v not in (False, None)}
        ex = c.indexes.get(i.name)
        if ex and (ex.key != i.key or opts(ex.spec) != opts(spec)): raise MErr(86 if ex.key == i.key else 85, f"An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: {spec}, existing index: {ex.spec}")
        if ex: return False
        if same: raise MErr(85, f"Index already exists with a different name: {same.name}")
        if i.key == [("_id", 1)]: return False
        i.iid = s.w.execute("INSERT INTO idx(cid,spec) VALUES(?,?)", (c.cid, enc(spec))).lastrowid
        s.w.execute(f"CREATE TABLE x{i.iid}(k BLOB NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY(k,rid)) WITHOUT ROWID")
        if not i.virtual:
            def rows():
                for rid, v in s.w.execute(f"SELECT rid,v FROM {c.D}"):
                    for k in i.keys(dec(v)): yield k, rid
            s.w.executemany(f"INSERT OR IGNORE INTO x{i.iid} VALUES(?,?)", sorted(rows()))
            if i.unique:
                r = s.w.execute(f"SELECT k, rid FROM x{i.iid} GROUP BY k HAVING count(*)>1 LIMIT 1").fetchone()
                if r: s.dup(c, i, dec(s.w.execute(f"SELECT v FROM {c.D} WHERE rid=?", (r[1],)).fetchone()[0]))
        s.save_mk(i); c.indexes[i.name] = i; return True
    def save_mk(s, i):
        if i.multikey and not i.spec.get("_mk"): i.spec["_mk"] = True; s.w.execute("UPDATE idx SET spec=? WHERE iid=?", (enc(i.spec), i.iid))
    def drop_index(s, c, name):
        i = c.indexes.pop(name, None)
        if not i: raise MErr(27, f"index not found with name [{name}]")
        s.w.execute("DELETE FROM idx WHERE iid=?", (i.iid,)); s.w.execute(f"DROP TABLE x{i.iid}")
    def dup(s, c, i, doc):
        kp = dict(i.key) if i else {"_id": 1}; kv = {}
        for k in kp:
            v = next(iter(walk(doc, k.split("."))), None); kv[k] = None if v is MISS else v
        raise MErr(11000, f"E11000 duplicate key error collection: {c.ns} index: {i.name if i else '_id_'} dup key: {{ {', '.join(f'{k}: {v!r}' for k, v in kv.items())} }}", keyPattern=kp, keyValue=kv)
    # ---------------- document ops (inside writer())
    def insert(s, c, doc):
        if "_id" not in doc: doc = {"_id": ObjectId(), **doc}
        elif next(iter(doc)) != "_id": doc = {"_id": doc["_id"], **doc}
        if isinstance(doc["_id"], (list, Regex)): raise MErr(53, f"The '_id' value cannot be of type {TNAME[tcode(doc['_id'])]}")
        if c.val and not c.val(doc): raise MErr(121, "Document failed validation", errInfo={"failingDocumentId": doc["_id"]})
        raw = enc(doc); add = []
        for i in c.indexes.values():
            kk = i.keys(doc)
            if i.unique:
                for k in kk:
                    if s.w.execute(f"SELECT 1 FROM x{i.iid} WHERE k=? LIMIT 1", (k,)).fetchone(): s.dup(c, i, doc)
            if kk: add.append((i, kk))
        try: rid = s.w.execute(f"INSERT INTO {c.D}(k,v) VALUES(?,?)", (ks(doc["_id"]), raw)).lastrowid
        except sqlite3.IntegrityError: s.dup(c, None, doc)
        for i, kk in add:
            for k in kk: s.w.execute(f"INSERT OR IGNORE INTO x{i.iid} VALUES(?,?)", (k, rid))
            if i.multikey: s.save_mk(i)
        s.ev.append(("insert", c.db, c.name, doc["_id"], None, raw))
        if c.opts.get("capped") and c.opts.get("max"):
            n = s.w.execute(f"SELECT count(*) FROM {c.D}").fetchone()[0] - int(c.opts["max"])
            for rid, v in s.w.execute(f"SELECT rid,v FROM {c.D} ORDER BY rid LIMIT ?", (max(0, n),)).fetchall(): s.delete(c, rid, dec(v))
        return doc["_id"]
    def replace(s, c, rid, old, oldraw, new, kind="update"):
        if c.val and not c.val(new): raise MErr(121, "Document failed validation", errInfo={"failingDocumentId": new.get("_id")})
        raw = enc(new)
        if raw == oldraw: return False
        ch = []
        for i in c.indexes.values():
            a, b = set(i.keys(old)), set(i.keys(new))
            if a == b: continue
            if i.unique:
                for k in b - a:
                    r = s.w.execute(f"SELECT rid FROM x{i.iid} WHERE k=? LIMIT 1", (k,)).fetchone()
                    if r and r[0] != rid: s.dup(c, i, new)
            ch.append((i, a - b, b - a))
        s.w.execute(f"UPDATE {c.D} SET v=? WHERE rid=?", (raw, rid))
        for i, rm, ad in ch:
            for k in rm: s.w.execute(f"DELETE FROM x{i.iid} WHERE k=? AND rid=?", (k, rid))
            for k in ad: s.w.execute(f"INSERT OR IGNORE INTO x{i.iid} VALUES(?,?)", (k, rid))
            if i.multikey: s.save_mk(i)
        s.ev.append((kind, c.db, c.name, new["_id"], oldraw, raw)); return True
    def delete(s, c, rid, doc):
        for i in c.indexes.values():
            for k in i.keys(doc): s.w.execute(f"DELETE FROM x{i.iid} WHERE k=? AND rid=?", (k, rid))
        s.w.execute(f"DELETE FROM {c.D} WHERE rid=?", (rid,)); s.ev.append(("delete", c.db, c.name, doc.get("_id"), None, None))
    # ---------------- planning
    def preds(s, flt, out=None):
        out = {} if out is None else out
        for k, c in flt.items():
            if k == "$and": [s.preds(x, out) for x in c]
            elif k.startswith("$"): continue
            elif is_opdict(c):
                for o, v in c.items():
                    if o in ("$eq", "$gt", "$gte", "$lt", "$lte") and not isinstance(v, (list, Regex, MinKey, MaxKey)) and not (v is None and o != "$eq"): out.setdefault(k, []).append((o, v))
                    elif o == "$in" and type(v) is list and not any(isre(x) or type(x) is list for x in v): out.setdefault(k, []).append((o, v))
            elif not isre(c) and type(c) is not list: out.setdefault(k, []).append(("$eq", c))
        return out
    def plan(s, c, flt, sort, coll=None, hint=None):
        pr = s.preds(flt); best = (0, False, None)
        if hint is not None:
            h = next((i for i in list(c.indexes.values()) if i.name == hint or (type(hint) is dict and i.key == list(hint.items()))), None)
            if h is None and not (hint in ("_id_", {"_id": 1}, {"$natural": 1}, {"$natural": -1})): raise MErr(2, "error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index")
        if "_id" in pr and not coll:
            for o, v in pr["_id"]:
                if o == "$eq": return ("id", None, [ks(v)], not sort or True)
            for o, v in pr["_id"]:
                if o == "$in": return ("id", None, sorted({ks(x) for x in v}), sort == [("_id", 1)])
        for i in c.indexes.values():
            if i.virtual or i.spec.get("hidden") or (i.coll or None) != (coll or None): continue
            if i.pf and not s.implies(flt, pr, i.pf): continue
            combos = [b""]; n = 0; score = 0.0; rng = None; pos = 0
            for (f, d), (parts, dr) in zip(i.key, i.fields):
                p = pr.get(f)
                if not p: break
                e = [v for o, v in p if o == "$eq"]; q = [v for o, v in p if o == "$in"]
                if i.kind == "hashed" and not e: break
                if (e and e[0] is None or q and None in q[0]) and i.sparse: break
                tr = (lambda b: b) if dr > 0 else (lambda b: b.translate(INV))
                if e: combos = [x + tr(ks(e[0], i.cf)) for x in combos]; score += 2; pos += 1; continue
                if q:
                    l = {tr(ks(v, i.cf)) for v in q[0]}
                    if len(combos) * len(l) > 60000: break
                    combos = [x + y for x in combos for y in l]; score += 1.6; pos += 1; continue
                r = [(o, v) for o, v in p if o in ("$gt", "$gte", "$lt", "$lte")]
                if r: rng = (r, dr, tr); score += 1
                break
            so = False
            if sort and not i.multikey and len(combos) == 1:
                eqf = {i.key[j][0] for j in range(pos)}; rs = [(f, int(dd)) for f, dd in sort if f not in eqf]; rest = [(f, (1 if isinstance(d, str) else int(d))) for f, d in i.key[pos:]]
                if rs == rest[:len(rs)]: so = 1
                elif [(f, -d) for f, d in rs] == rest[:len(rs)]: so = -1
            if (score, bool(so)) > (best[0], bool(best[1])) or (hint is not None and h is i):
                best = (score, so, (i, combos, rng)) 
                if hint is not None and h is i: break
        if best[2] is None or (best[0] == 0 and not best[1] and hint is None): return ("scan", None, None, False)
        i, combos, rng = best[2]; out = []
        for x in combos:
            if rng:
                lo = hi = None; tb = None
                for o, v in rng[0]:
                    k = ks(v, i.cf); b = rng[2](k); tb = rng[2](k[:1])
                    up = (o in ("$gt", "$gte")) == (rng[1] > 0)
                    if up: cnd = nxt(b) if o in ("$gt", "$lt") else b; lo = cnd if lo is None else max(lo, cnd)
                    else: cnd = b if o in ("$gt", "$lt") else nxt(b); hi = cnd if hi is None else min(hi, cnd)
                if i.multikey and lo is not None and hi is not None: hi = None
                out.append((x + (lo if lo is not None else tb), x + (hi if hi is not None else nxt(tb))))
            else: out.append((x, nxt(x) if x else b"\xff" * 40))
        return ("index", i, sorted(out), best[1])
    def implies(s, flt, pr, pf):
        for k, c in pf.items():
            if k.startswith("$"): return False
            p = pr.get(k, [])
            if not is_opdict(c):
                if not any(o == "$eq" and tkey(v) == tkey(c) for o, v in p): return False
            else:
                for o, v in c.items():
                    if o == "$exists" and v:
                        if not any(x is not None for oo, x in p): return False
                    elif o == "$type":
                        if not any(oo == "$eq" and tcode(x) in type_set(v) for oo, x in p): return False
                    elif o == "$eq":
                        if not any(oo == "$eq" and tkey(x) == tkey(v) for oo, x in p): return False
                    else: return False
        return True
    def rows(s, conn, c, pl):
        kind, i, b, so = pl
        if kind == "id":
            for k in b:
                r = conn.execute(f"SELECT rid,v FROM {c.D} WHERE k=?", (k,)).fetchone()
                if r: yield r
        elif kind == "scan":
            cu = conn.execute(f"SELECT rid,v FROM {c.D} ORDER BY rid")
            try: yield from cu
            finally: cu.close()
        else:
            seen = set() if i.multikey or len(b) > 1 else None; od = "DESC" if so == -1 else "ASC"
            for lo, hi in b:
                cu = conn.execute(f"SELECT d.rid,d.v FROM x{i.iid} x JOIN {c.D} d ON d.rid=x.rid WHERE x.k>=? AND x.k<? ORDER BY x.k {od}, x.rid {od}", (lo, hi))
                try:
                    for r in cu:
                        if seen is not None:
                            if r[0] in seen: continue
                            seen.add(r[0])
                        yield r
                finally: cu.close()
    def env(s, c, vars=None):
        t = [i for i in c.indexes.values() if i.kind == "text"] if c else []; e = {"vars": vars or {}}
        if t:
            fields = [f for i in t for f, d in i.key if d == "text"]; e["text"] = lambda sp: text_matcher(sp, fields); e["score"] = lambda sp, d: text_score(sp, fields, d)
        return e
    def query(s, conn, c, flt, sort=None, skip=0, limit=0, coll=None, hint=None, vars=None, stats=None):
        """yields (rid, doc, raw)"""
        if c is None: return
        cf = collation_fold(coll); m = compile_filter(flt, cf, s.env(c, vars)); pl = s.plan(c, flt, sort, coll if cf else None, hint); trivial = not flt
        if stats is not None: stats["plan"] = pl; stats["examined"] = 0
        src = s.rows(conn, c, pl)
        def gen():
            try:
                for rid, raw in src:
                    d = dec(raw)
                    if stats is not None: stats["examined"] += 1
                    if trivial or m(d): yield rid, d, raw
            except sqlite3.OperationalError as e:
                # the catalogue is ahead of this reader: the collection's creation is not committed yet, so for it there is none
                if f"no such table: {c.D}" != str(e): raise
        it = gen()
        natural = sort and sort[0][0] == "$natural"
        if natural:
            if sort[0][1] < 0: it = iter(list(it)[::-1])
        elif sort and any(type(x) is dict for _, x in sort):
            e = s.env(c); it = iter(sorted(it, key=lambda t: -e["score"](flt["$text"], t[1])))
        elif sort and not pl[3]:
            ck = cmp_key(sort, cf)
            if ck:
                kf, rev = ck
                if limit and skip + limit <= 1000:
                    # bounded top-k, stable
                    if rev:
                        it = iter(heapq.nlargest(skip + limit, ((kf(t[1]), -n, t) for n, t in enumerate(it)), key=lambda x: (x[0], x[1])))
                    else: it = iter(heapq.nsmallest(skip + limit, ((kf(t[1]), n, t) for n, t in enumerate(it)), key=lambda x: (x[0], x[1])))
                    it = (t for _, _, t in it)
                else:
                    l = [(kf(d), rid) for rid, d, _ in it]; l.sort(key=lambda x: x[0], reverse=rev); it = s.refetch(conn, c, [r for _, r in l])
            else:
                sp = [([p for p in k.split(".")], int(d) < 0) for k, d in sort]; l = [([sort_val(d, p, de, cf) for p, de in sp], rid) for rid, d, _ in it]
                for j in range(len(sp) - 1, -1, -1): l.sort(key=lambda x: x[0][j], reverse=sp[j][1])
                it = s.refetch(conn, c, [r for _, r in l])
        if skip or limit: it = itertools.islice(it, skip, skip + limit if limit else None)
        try: yield from it
        finally: src.close()
    def refetch(s, conn, c, rids):
        for r in rids:
            x = conn.execute(f"SELECT v FROM {c.D} WHERE rid=?", (r,)).fetchone()
            if x: yield r, dec(x[0]), x[0]
    # ---------------- higher-level writes
    def update(s, c, flt, u, multi=False, upsert=False, af=None, coll=None, hint=None, sort=None, vars=None, create=None):
        """returns (n, nModified, upserted_id or MISS, before, after)"""
        pipe = type(u) is list; repl = not pipe and not (u and next(iter(u)).startswith("$"))
        if pipe:
            for st in u:
                if next(iter(st)) not in ("$set", "$addFields", "$unset", "$project", "$replaceRoot", "$replaceWith"): raise MErr(72, f"{next(iter(st))} is not allowed to be used within an update")
            pf = A.compile_pipeline(u, {"cf": None})
        elif repl:
            if multi: raise MErr(9, "multi update is not supported for replacement-style update")
            if any(k.startswith("$") for k in u): raise MErr(52, "replacement document must not contain $ operators")
        else: U.validate(u)
        cf = collation_fold(coll); n = mod = 0; before = after = None
        def newdoc(d, ins=False):
            if pipe:
                r = next(iter(pf(iter([d]), {"vars": vars or {}})))
                if "_id" in d and "_id" not in r: r = {"_id": d["_id"], **r}
                if "_id" in d and tkey(r["_id"]) != tkey(d["_id"]): raise MErr(66, "Performing an update on the path '_id' would modify the immutable field '_id'")
                return r
            if repl:
                if "_id" in u and "_id" in d and tkey(u["_id"]) != tkey(d["_id"]): raise MErr(66, "After applying the update, the (immutable) field '_id' was found to have been altered")
                return {"_id": d["_id"], **{k: v for k, v in u.items() if k != "_id"}} if "_id" in d else dict(u)
            return U.apply(d, u, flt, af, ins, cf)
        if c is not None:
            it = s.query(s.w, c, flt, sort=sort, limit=0 if multi else 1, coll=coll, hint=hint, vars=vars); rows = list(it)
            for rid, d, raw in rows:
                n += 1; new = newdoc(dec(raw)); before = d
                if s.replace(c, rid, d, raw, new, "replace" if repl else "update"): mod += 1
                after = new
        if n == 0 and upsert:
            base = U.upsert_base(flt) 
            if repl: base = {k: v for k, v in base.items() if k == "_id"}
            if type(base.get("_id")) is dict and is_opdict(base["_id"]): base.pop("_id")
            new = newdoc(base, True)
            if "_id" not in new: new = {"_id": ObjectId(), **new}
            c = c or create(); i = s.insert(c, new); return 0, 0, i, None, {"_id": i, **new}
        return n, mod, MISS, before, after
    def close(s):
        s.closed = True
        with s.lock:
            if isinstance(s.owner, Txn): s._abort(s.owner)
        with s.plock:
            for c in s.pool: c.close()
            s.pool = []
        try: s.w.execute("PRAGMA busy_timeout=200"); s.w.execute("PRAGMA optimize"); s.w.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error: pass
        s.w.close()
STOP = set("a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split())
def stem(w):
    for x in ("ing", "ed", "es", "s", "ly"):
        if w.endswith(x) and len(w) - len(x) >= 3: return w[:-len(x)]
    return w
def toks(t): return [stem(w) for w in re.findall(r"\w+", t.lower()) if w not in STOP]
def tparse(sp):
    q = sp["$search"]; ph = re.findall(r'"([^"]+)"', q); rest = re.sub(r'"[^"]*"', " ", q); neg = [w[1:] for w in rest.split() if w.startswith("-")]; pos = [w for w in rest.split() if not w.startswith("-")]
    return ph, {stem(x.lower()) for w in neg for x in re.findall(r"\w+", w)}, set(toks(" ".join(pos)))
def ttext(fields, d):
    out = []
    for f in fields:
        out += [v for v in expand(walk(d, f.split("."))) if type(v) is str] if f != "$**" else [v for v in d.values() if type(v) is str]
    return out
def text_matcher(sp, fields):
    ph, neg, pos = tparse(sp)
    def f(d):
        tx = ttext(fields, d); w = {x for t in tx for x in toks(t)}
        if neg & w: return False
        if ph: return all(any(p.lower() in t.lower() for t in tx) for p in ph)
        return bool(pos & w)
    return f
def text_score(sp, fields, d):
    ph, neg, pos = tparse(sp); sc = 0.0; pos = pos | {x for p in ph for x in toks(p)}
    for t in ttext(fields, d):
        l = toks(t); sc += sum(l.count(p) for p in pos) * (0.5 + 0.5 / max(1, len(l)))
    return sc
