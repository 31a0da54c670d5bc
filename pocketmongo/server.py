"""PoC wire server: OP_MSG (+ legacy hello over OP_QUERY) on TCP or a Unix socket, optional SCRAM-SHA-256 and TLS."""
import socket, struct, threading, os, sys, time, itertools, hashlib, hmac, base64, secrets, ssl, signal, argparse, traceback, datetime as dt
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bson
from bson import Int64, Timestamp, Binary
from pocketmongo.core import *
from pocketmongo.store import *
from pocketmongo import agg as A, legacy_update as U
OK = 1.0
class Session: __slots__ = ("txn", "num", "reply", "last")
class Server:
    def __init__(s, path, host="127.0.0.1", port=0, unix=None, user=None, password=None, sync="NORMAL", tls=None, ttl_s=5.0, setname="rs0"):
        s.st = Store(path, sync); s.user, s.setname, s.ttl_s = user, setname, ttl_s; s.tls = None
        if tls: s.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); s.tls.load_cert_chain(tls)
        if user:
            s.salt = secrets.token_bytes(28); s.it = 15000; sp = hashlib.pbkdf2_hmac("sha256", password.encode(), s.salt, s.it); ck = hmac.digest(sp, b"Client Key", "sha256"); s.stored = hashlib.sha256(ck).digest(); s.skey = hmac.digest(sp, b"Server Key", "sha256")
        if unix:
            if os.path.exists(unix): os.unlink(unix)
            s.ls = socket.socket(socket.AF_UNIX); old = os.umask(0o177); s.ls.bind(unix); os.umask(old); s.addr = unix
        else: s.ls = socket.socket(); s.ls.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) if os.name != "nt" else None; s.ls.bind((host, port)); s.addr = "%s:%d" % s.ls.getsockname()
        s.unix = unix; s.ls.listen(512); s.cur = {}; s.cid = itertools.count(secrets.randbits(40)); s.sess = {}; s.slock = threading.Lock(); s.rid = itertools.count(1); s.conns = set(); s.stop_ev = threading.Event(); s.start_t = time.time(); s.ncon = itertools.count(1)
    @property
    def uri(s): return ("mongodb://" + s.unix.replace("/", "%2F") + "/?directConnection=true") if s.unix else f"mongodb://{s.addr}/"
    def serve(s):
        threading.Thread(target=s.ttl_loop, daemon=True).start()
        while not s.stop_ev.is_set():
            try: c, _ = s.ls.accept()
            except OSError: break
            threading.Thread(target=s.client, args=(c,), daemon=True).start()
    def start(s): t = threading.Thread(target=s.serve, daemon=True); t.start(); return s
    def stop(s):
        s.stop_ev.set(); 
        try: s.ls.shutdown(socket.SHUT_RDWR)
        except OSError: pass
        s.ls.close()
        for c in list(s.conns):
            try: c.shutdown(socket.SHUT_RDWR)
            except OSError: pass
        with s.st.opcond: s.st.opcond.notify_all()
        for i in list(s.cur): s.kill(i)
        time.sleep(.05); s.st.close()
        if s.unix and os.path.exists(s.unix): os.unlink(s.unix)
    # ---------------- sockets
    def client(s, c):
        try:
            if c.family != getattr(socket, "AF_UNIX", None): c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if s.tls: c = s.tls.wrap_socket(c, server_side=True)
        except (OSError, ssl.SSLError): c.close(); return
        s.conns.add(c); f = c.makefile("rb", 1 << 16); me = {"id": next(s.ncon), "auth": s.user is None, "txns": set()}
        try:
            while True:
                h = f.read(16)
                if len(h) < 16: return
                n, rid, _, op = struct.unpack("<iiii", h)
                if n < 16 or n > 48_000_000 + 16384: return
                b = f.read(n - 16)
                if len(b) < n - 16: return
                if op == 2013:
                    flags, = struct.unpack_from("<I", b); p = 4; body = None; end = len(b) - (4 if flags & 1 else 0)
                    while p < end:
                        k = b[p]; p += 1; sz, = struct.unpack_from("<i", b, p)
                        if k == 0: body = bson.decode(b[p:p + sz], CODEC) if body is None else body; p += sz
                        elif k == 1:
                            e = b.index(b"\0", p + 4); name = b[p + 4:e].decode(); q = e + 1; l = []
                            while q < p + sz: m, = struct.unpack_from("<i", b, q); l.append(bson.decode(b[q:q + m], CODEC)); q += m
                            body[name] = l; p += sz
                        else: return
                    r = s.dispatch(body, me)
                    if flags & 2: continue
                    d = bson.encode(r, codec_options=CODEC); c.sendall(struct.pack("<iiiiIB", 21 + len(d), next(s.rid) & 0x7fffffff, rid, 2013, 0, 0) + d)
                elif op == 2004:
                    e = b.index(b"\0", 4); q = bson.decode(b[e + 9:], CODEC) if False else bson.decode(b[e + 9:e + 9 + struct.unpack_from("<i", b, e + 9)[0]], CODEC); q = q.get("$query", q); q["$db"] = b[4:e].decode().split(".")[0]
                    d = bson.encode(s.dispatch(q, me), codec_options=CODEC); c.sendall(struct.pack("<iiiiiqii", 36 + len(d), next(s.rid) & 0x7fffffff, rid, 1, 8, 0, 0, 1) + d)
                else: return
        except (OSError, ValueError, struct.error): pass
        finally:
            for t in me["txns"]:
                if not t.dead and t.sock == me["id"]: s.st.abort(t)
            s.conns.discard(c); c.close()
    FREE = {"hello", "ismaster", "isMaster", "ping", "saslStart", "saslContinue", "buildInfo", "buildinfo", "logout", "endSessions"}
    def dispatch(s, cmd, me):
        name = next(iter(cmd)); txn = None
        try:
            if not me["auth"] and name not in s.FREE: raise MErr(13, f"Command {name} requires authentication")
            if cmd.get("apiVersion") not in (None, "1"): raise MErr(322, "API version must be 1")
            h = getattr(s, "c_" + name, None)
            if h is None: raise MErr(59, f"no such command: '{name}'")
            db = cmd.get("$db", "admin"); lsid = cmd.get("lsid"); ses = None
            if lsid is not None and "txnNumber" in cmd:
                k = bytes(lsid["id"]); num = int(cmd["txnNumber"])
                with s.slock: ses = s.sess.get(k) or s.sess.setdefault(k, Session()); 
                if not hasattr(ses, "num"): ses.num, ses.txn, ses.reply = -1, None, None
                if cmd.get("autocommit") is False:
                    if cmd.get("startTransaction"):
                        if ses.txn is not None and not ses.txn.dead: s.st.abort(ses.txn)
                        ses.txn = Txn(); ses.num = num
                    if ses.txn is None or ses.num != num: raise MErr(251, "Given transaction number does not match any in-progress transactions.", labels=["TransientTransactionError"] if name != "commitTransaction" else [])
                    txn = ses.txn
                    if name in ("commitTransaction", "abortTransaction"): return s.end_txn(name, ses)
                    if txn.dead: raise MErr(251, "Transaction has been aborted.", labels=["TransientTransactionError"])
                    txn.sock = me["id"]; me["txns"].add(txn)
                    if name in ("listDatabases", "dropDatabase", "drop", "renameCollection", "collMod", "explain"): raise MErr(263, f"Cannot run '{name}' in a multi-document transaction.")
                else:
                    if num == ses.num and ses.reply is not None: return ses.reply
                    if num < ses.num: raise MErr(225, "transaction too old")
            r = h(cmd, db, txn, me)
            r.setdefault("ok", OK)
            if txn is not None and r.get("writeErrors"): s.st.abort(txn)
            if ses is not None and txn is None: ses.num, ses.reply = num, r
            if s.setname: r.setdefault("operationTime", Timestamp(int(time.time()), 1))
            return r
        except MErr as e:
            if txn is not None: s.st.abort(txn)
            return {"ok": 0.0, "errmsg": e.msg, "code": e.code, "codeName": e.name, **({"errorLabels": e.labels} if e.labels else {}), **e.extra}
        except RecursionError: return {"ok": 0.0, "errmsg": "document nesting too deep", "code": 15, "codeName": "Overflow"}
        except Exception as e:
            traceback.print_exc()
            if txn is not None: s.st.abort(txn)
            return {"ok": 0.0, "errmsg": f"internal error: {type(e).__name__}: {e}", "code": 1, "codeName": "InternalError"}
    def end_txn(s, name, ses):
        t = ses.txn
        if name == "commitTransaction":
            if t.dead and getattr(ses, "reply", None) == ("committed", ses.num): return {"ok": OK}
            s.st.commit(t); ses.reply = ("committed", ses.num)
        else:
            if t.dead: raise MErr(251, "Transaction has been aborted.")
            s.st.abort(t)
        return {"ok": OK}
    # ---------------- handshake, auth, admin
    def c_hello(s, cmd, db, txn, me):
        now = dt.datetime.now(dt.timezone.utc); r = {"helloOk": True, "isWritablePrimary": True, "ismaster": True, "maxBsonObjectSize": MAXDOC, "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000, "localTime": now, "logicalSessionTimeoutMinutes": 30, "connectionId": me["id"], "minWireVersion": 0, "maxWireVersion": 25, "readOnly": False}
        if s.setname: r |= {"setName": s.setname, "setVersion": 1, "secondary": False, "hosts": [s.addr], "primary": s.addr, "me": s.addr, "electionId": ObjectId("7fffffff0000000000000001"), "lastWrite": {"opTime": {"ts": Timestamp(int(time.time()), 1), "t": Int64(1)}, "lastWriteDate": now}}
        if cmd.get("saslSupportedMechs"): r["saslSupportedMechs"] = ["SCRAM-SHA-256"]
        return r
    c_ismaster = c_isMaster = c_hello
    def c_ping(s, *a): return {}
    def c_buildInfo(s, *a): return {"version": "8.0.0", "versionArray": [8, 0, 0, 0], "gitVersion": "embedded", "modules": ["embedded-sqlite"], "bits": 64, "maxBsonObjectSize": MAXDOC, "storageEngines": ["sqlite"]}
    c_buildinfo = c_buildInfo
    def c_saslStart(s, cmd, db, txn, me):
        if s.user is None: raise MErr(18, "Authentication is not enabled")
        if cmd["mechanism"] != "SCRAM-SHA-256": raise MErr(334, f"Received authentication for mechanism {cmd['mechanism']} which is not enabled")
        p = bytes(cmd["payload"]).decode(); bare = p[3:]; d = dict(x.split("=", 1) for x in bare.split(",")); me["u"] = d["n"].replace("=2C", ",").replace("=3D", "="); nonce = d["r"] + base64.b64encode(secrets.token_bytes(18)).decode(); sf = f"r={nonce},s={base64.b64encode(s.salt).decode()},i={s.it}"; me["scram"] = (bare, sf, nonce)
        return {"conversationId": 1, "done": False, "payload": sf.encode()}
    def c_saslContinue(s, cmd, db, txn, me):
        bare, sf, nonce = me.get("scram") or (None,) * 3
        if bare is None: raise MErr(18, "Authentication failed.")
        p = bytes(cmd["payload"]).decode()
        if not p: return {"conversationId": 1, "done": True, "payload": b""}
        wo, proof = p.rsplit(",p=", 1); am = f"{bare},{sf},{wo}".encode(); sig = hmac.digest(s.stored, am, "sha256"); ck = bytes(a ^ b for a, b in zip(base64.b64decode(proof), sig))
        if me["u"] != s.user or dict(x.split("=", 1) for x in wo.split(","))["r"] != nonce or not hmac.compare_digest(hashlib.sha256(ck).digest(), s.stored): raise MErr(18, "Authentication failed.")
        me["auth"] = True; return {"conversationId": 1, "done": True, "payload": b"v=" + base64.b64encode(hmac.digest(s.skey, am, "sha256"))}
    def c_logout(s, *a): return {}
    def c_endSessions(s, cmd, *a):
        for l in cmd["endSessions"]:
            ses = s.sess.pop(bytes(l["id"]), None)
            if ses is not None and getattr(ses, "txn", None) is not None: s.st.abort(ses.txn)
        return {}
    c_killSessions = c_refreshSessions = c_ping
    def c_commitTransaction(s, *a): raise MErr(251, "Transaction numbers are only allowed on a replica set member or mongos" if not s.setname else "No transaction in progress")
    c_abortTransaction = c_commitTransaction
    def c_connectionStatus(s, cmd, db, txn, me): return {"authInfo": {"authenticatedUsers": [{"user": s.user, "db": "admin"}] if s.user else [], "authenticatedUserRoles": []}}
    def c_listCommands(s, *a): return {"commands": {n[2:]: {} for n in dir(s) if n.startswith("c_")}}
    def c_getParameter(s, cmd, *a): return {"featureCompatibilityVersion": {"version": "8.0"}, "requireApiVersion": False, "enableTestCommands": False} if "featureCompatibilityVersion" in cmd or "requireApiVersion" in cmd or cmd["getParameter"] == "*" else (_ for _ in ()).throw(MErr(72, "no option found to get"))
    def c_serverStatus(s, *a): return {"version": "8.0.0", "process": "embedded", "pid": os.getpid(), "uptime": time.time() - s.start_t, "connections": {"current": len(s.conns), "available": 10000}}
    def c_getCmdLineOpts(s, *a): return {"argv": ["embedded"], "parsed": {}}
    def c_hostInfo(s, *a): return {"system": {"hostname": socket.gethostname()}}
    def c_listDatabases(s, cmd, *a):
        f = compile_filter(cmd.get("filter") or {}); l = [{"name": n, "sizeOnDisk": 0 if s.st.mem else os.path.getsize(s.st.path), "empty": False} for n in sorted({d for d, _ in list(s.st.cat)})]; return {"databases": [x for x in l if f(x)], "totalSize": Int64(0)}
    def c_listCollections(s, cmd, db, *a):
        f = compile_filter(cmd.get("filter") or {}); out = []
        for (d, n), c in sorted(list(s.st.cat.items())):
            if d == db: x = {"name": n, "type": "view" if "viewOn" in c.opts else "collection", "options": c.opts, "info": {"readOnly": "viewOn" in c.opts}, "idIndex": {"v": 2, "key": {"_id": 1}, "name": "_id_"}}; f(x) and out.append(x)
        return {"cursor": {"id": Int64(0), "ns": f"{db}.$cmd.listCollections", "firstBatch": out}}
    def c_create(s, cmd, db, txn, me):
        o = {k: v for k, v in cmd.items() if k in ("validator", "validationAction", "validationLevel", "capped", "size", "max", "collation", "viewOn", "pipeline", "clusteredIndex", "expireAfterSeconds", "changeStreamPreAndPostImages")}
        if "timeseries" in cmd: raise MErr(238, "time-series collections are not supported by the embedded database")
        with s.st.writer(txn):
            if s.st.coll(db, cmd["create"]): raise MErr(48, f"Collection {db}.{cmd['create']} already exists.")
            s.st.create(db, cmd["create"], o)
        return {}
    def c_drop(s, cmd, db, txn, me):
        with s.st.writer(txn):
            c = s.st.coll(db, cmd["drop"])
            if c: s.st.drop(c)
        return {"ns": f"{db}.{cmd['drop']}"} if c else {"ns": ""}
    def c_dropDatabase(s, cmd, db, txn, me):
        with s.st.writer(txn):
            for c in [c for (d, _), c in list(s.st.cat.items()) if d == db]: s.st.drop(c)
        return {"dropped": db}
    def c_renameCollection(s, cmd, db, txn, me):
        (d1, _, n1), (d2, _, n2) = cmd["renameCollection"].partition("."), cmd["to"].partition(".")
        with s.st.writer(txn) as w:
            c = s.st.coll(d1, n1)
            if not c: raise MErr(26, f"Source collection {d1}.{n1} does not exist")
            if s.st.coll(d2, n2):
                if not cmd.get("dropTarget"): raise MErr(48, "target namespace exists")
                s.st.drop(s.st.coll(d2, n2))
            w.execute("UPDATE coll SET db=?, name=? WHERE cid=?", (d2, n2, c.cid)); s.st.cat.pop((d1, n1)); c.db, c.name, c.ns = d2, n2, f"{d2}.{n2}"; s.st.cat[d2, n2] = c
        return {}
    def c_collMod(s, cmd, db, txn, me):
        with s.st.writer(txn) as w:
            c = s.st.coll(db, cmd["collMod"])
            if not c: raise MErr(26, "ns does not exist")
            if "index" in cmd:
                i = c.indexes[cmd["index"]["name"]] if "name" in cmd["index"] else next(x for x in c.indexes.values() if x.key == list(cmd["index"]["keyPattern"].items()))
                for k in ("expireAfterSeconds", "hidden"):
                    if k in cmd["index"]: i.spec[k] = cmd["index"][k]
                w.execute("UPDATE idx SET spec=? WHERE iid=?", (enc(i.spec), i.iid))
            o = {**c.opts, **{k: v for k, v in cmd.items() if k in ("validator", "validationAction", "validationLevel", "viewOn", "pipeline")}}; w.execute("UPDATE coll SET opts=? WHERE cid=?", (enc(o), c.cid)); s.st.cat[db, c.name] = n = Coll(c.cid, db, c.name, o); n.indexes = c.indexes
        return {}
    def c_createIndexes(s, cmd, db, txn, me):
        name = cmd["createIndexes"]; new = not s.st.coll(db, name)
        with s.st.writer(txn):
            c = s.st.ensure(db, name); b = len(c.indexes) + 1
            for sp in cmd["indexes"]:
                sp = {k: v for k, v in sp.items() if k not in ("background", "ns", "v", "comment")}
                if not sp.get("key"): raise MErr(67, "Index keys cannot be an empty object")
                if "collation" not in sp and c.opts.get("collation"): sp["collation"] = c.opts["collation"]
                if isinstance(sp.get("expireAfterSeconds"), (int, float)) and sp["expireAfterSeconds"] < 0: raise MErr(67, "TTL index 'expireAfterSeconds' option cannot be less than 0")
                s.st.create_index(c, sp)
        return {"numIndexesBefore": b, "numIndexesAfter": len(c.indexes) + 1, "createdCollectionAutomatically": new}
    def c_listIndexes(s, cmd, db, *a):
        c = s.st.coll(db, cmd["listIndexes"])
        if not c: raise MErr(26, f"ns does not exist: {db}.{cmd['listIndexes']}")
        return {"cursor": {"id": Int64(0), "ns": c.ns, "firstBatch": [{"v": 2, "key": {"_id": 1}, "name": "_id_"}] + [{"v": 2, **{k: v for k, v in i.spec.items() if k != "_mk"}} for i in c.indexes.values()]}}
    def c_dropIndexes(s, cmd, db, txn, me):
        with s.st.writer(txn):
            c = s.st.coll(db, cmd["dropIndexes"])
            if not c: raise MErr(26, "ns not found")
            n = len(c.indexes) + 1; ix = cmd["index"]
            if ix == "*": names = list(c.indexes)
            elif type(ix) is dict: names = [i.name for i in c.indexes.values() if i.key == list(ix.items())] or [str(ix)]
            else: names = ix if type(ix) is list else [ix]
            for x in names: s.st.drop_index(c, x)
        return {"nIndexesWas": n}
    def c_dbStats(s, cmd, db, *a):
        l = [c for (d, _), c in list(s.st.cat.items()) if d == db]; return {"db": db, "collections": len(l), "objects": sum(s.count(c) for c in l), "dataSize": 0.0, "indexes": sum(len(c.indexes) + 1 for c in l)}
    def count(s, c):
        with s.st.reader() as r: return r.execute(f"SELECT count(*) FROM {c.D}").fetchone()[0]
    def c_collStats(s, cmd, db, *a):
        c = s.st.coll(db, cmd["collStats"]); return {"ns": f"{db}.{cmd['collStats']}", "count": s.count(c) if c else 0, "nindexes": len(c.indexes) + 1 if c else 0, "capped": bool(c and c.opts.get("capped"))}
    c_collstats = c_collStats
    def c_validate(s, cmd, db, *a): c = s.st.coll(db, cmd["validate"]); return {"valid": True, "ns": f"{db}.{cmd['validate']}", "nrecords": s.count(c) if c else 0, "errors": []}
    # ---------------- writes
    def werr(s, i, e): return {"index": i, "code": e.code, "errmsg": e.msg, **e.extra}
    def c_insert(s, cmd, db, txn, me):
        n, errs, od = 0, [], cmd.get("ordered", True)
        with s.st.writer(txn):
            c = s.st.ensure(db, cmd["insert"])
            if "viewOn" in c.opts: raise MErr(166, f"Namespace {c.ns} is a view, not a collection")
            for i, d in enumerate(cmd["documents"]):
                try: s.st.insert(c, d); n += 1
                except MErr as e:
                    errs.append(s.werr(i, e))
                    if od: break
        return {"n": n, **({"writeErrors": errs} if errs else {})}
    def c_update(s, cmd, db, txn, me):
        n = m = 0; ups, errs = [], []; vs = s.lets(cmd)
        with s.st.writer(txn):
            for i, u in enumerate(cmd["updates"]):
                try:
                    c = s.st.coll(db, cmd["update"]); r = s.st.update(c, u["q"], u["u"], u.get("multi", False), u.get("upsert", False), u.get("arrayFilters"), s.collation(u, c), u.get("hint"), list(u["sort"].items()) if "sort" in u else None, vs, lambda: s.st.ensure(db, cmd["update"]))
                    n += r[0]; m += r[1]
                    if r[2] is not MISS: n += 1; ups.append({"index": i, "_id": r[2]})
                except MErr as e:
                    errs.append(s.werr(i, e))
                    if cmd.get("ordered", True): break
        return {"n": n, "nModified": m, **({"upserted": ups} if ups else {}), **({"writeErrors": errs} if errs else {})}
    def c_delete(s, cmd, db, txn, me):
        n = 0; errs = []; vs = s.lets(cmd)
        with s.st.writer(txn) as w:
            c = s.st.coll(db, cmd["delete"])
            for i, d in enumerate(cmd["deletes"]):
                try:
                    if c is None: compile_filter(d["q"]); continue
                    for rid, doc, _ in list(s.st.query(w, c, d["q"], limit=d["limit"], coll=s.collation(d, c), hint=d.get("hint"), vars=vs)): s.st.delete(c, rid, doc); n += 1
                except MErr as e:
                    errs.append(s.werr(i, e))
                    if cmd.get("ordered", True): break
        return {"n": n, **({"writeErrors": errs} if errs else {})}
    def collation(s, o, c): return o.get("collation") or (c.opts.get("collation") if c else None)
    def lets(s, cmd): return {k: A.compile_expr(v)({}, {}) for k, v in (cmd.get("let") or {}).items()}
    def c_findAndModify(s, cmd, db, txn, me):
        name = cmd["findAndModify"]; q = cmd.get("query", {}); sort = list(cmd["sort"].items()) if cmd.get("sort") else None; vs = s.lets(cmd)
        with s.st.writer(txn) as w:
            c = s.st.coll(db, name); co = s.collation(cmd, c); pj = compile_proj(cmd.get("fields"), q)
            if cmd.get("remove"):
                r = next(iter(list(s.st.query(w, c, q, sort, limit=1, coll=co, hint=cmd.get("hint"), vars=vs))), None)
                if r: s.st.delete(c, r[0], r[1])
                v = r[1] if r else None; leo = {"n": 1 if r else 0}
            else:
                if "update" not in cmd: raise MErr(9, "Either an update or remove=true must be specified")
                n, m, uid, before, after = s.st.update(c, q, cmd["update"], False, cmd.get("upsert", False), cmd.get("arrayFilters"), co, cmd.get("hint"), sort, vs, lambda: s.st.ensure(db, name))
                v = after if cmd.get("new") else before; leo = {"n": 1 if n or uid is not MISS else 0, "updatedExisting": n > 0, **({"upserted": uid} if uid is not MISS else {})}
        return {"lastErrorObject": leo, "value": pj(v) if pj and v is not None else v}
    c_findandmodify = c_findAndModify
    def c_bulkWrite(s, cmd, db, txn, me):
        ns = [x["ns"].partition(".")[::2] for x in cmd["nsInfo"]]; cnt = dict(nErrors=0, nInserted=0, nMatched=0, nModified=0, nUpserted=0, nDeleted=0); res = []; eo = cmd.get("errorsOnly", False); vs = s.lets(cmd)
        with s.st.writer(txn) as w:
            for i, o in enumerate(cmd["ops"]):
                kind = next(iter(o)); d, n = ns[o[kind]]
                try:
                    r = {"ok": OK, "idx": i}
                    if kind == "insert": s.st.insert(s.st.ensure(d, n), o["document"]); cnt["nInserted"] += 1; r["n"] = 1
                    elif kind == "update":
                        c = s.st.coll(d, n); x = s.st.update(c, o["filter"], o["updateMods"], o.get("multi", False), o.get("upsert", False), o.get("arrayFilters"), s.collation(o, c), o.get("hint"), list(o["sort"].items()) if "sort" in o else None, vs, lambda: s.st.ensure(d, n)); r |= {"n": x[0], "nModified": x[1]}; cnt["nMatched"] += x[0]; cnt["nModified"] += x[1]
                        if x[2] is not MISS: r["upserted"] = {"_id": x[2]}; r["n"] = 1; cnt["nUpserted"] += 1
                    else:
                        c = s.st.coll(d, n); k = 0
                        for rid, doc, _ in list(s.st.query(w, c, o["filter"], limit=0 if o.get("multi") else 1, coll=s.collation(o, c), hint=o.get("hint"), vars=vs)): s.st.delete(c, rid, doc); k += 1
                        r["n"] = k; cnt["nDeleted"] += k
                    if not eo: res.append(r)
                except MErr as e:
                    cnt["nErrors"] += 1; res.append({"ok": 0.0, "idx": i, "code": e.code, "errmsg": e.msg, "n": 0, **e.extra})
                    if cmd.get("ordered", True): break
        return {"cursor": {"id": Int64(0), "ns": "admin.$cmd.bulkWrite", "firstBatch": res}, **cnt}
    # ---------------- reads
    def open_cursor(s, ns, it, cmd, conn=None, single=False, txn=None):
        bs = cmd.get("batchSize", (cmd.get("cursor") or {}).get("batchSize")); n = 101 if bs is None else int(bs)
        if txn is not None: it = iter(list(it))
        base = it
        b, done, it = s.batch(it, n)
        if done or single:
            if conn is not None: base.close(); s.st.rfree(conn)
            return {"cursor": {"id": Int64(0), "ns": ns, "firstBatch": b}}
        i = next(s.cid); s.cur[i] = [it, conn, ns, time.time(), threading.Lock(), base]; return {"cursor": {"id": Int64(i), "ns": ns, "firstBatch": b}}
    def batch(s, it, n):
        b, size = [], 0
        if n == 0: return b, False, it
        for d in it:
            sz = len(bson.encode(d, codec_options=CODEC)) if n > 1 else 0
            if b and size + sz > MAXDOC: return b, False, itertools.chain([d], it)
            b.append(d); size += sz
            if len(b) >= n:
                x = next(it, MISS)
                return (b, True, it) if x is MISS else (b, False, itertools.chain([x], it))
        return b, True, it
    def c_getMore(s, cmd, db, txn, me):
        i = int(cmd["getMore"]); c = s.cur.get(i)
        if c is None: raise MErr(43, f"cursor id {i} not found")
        if type(c[0]) is ChangeStream:
            b = c[0].pull(cmd.get("maxTimeMS", 1000) / 1000, int(cmd.get("batchSize") or 101)); c[3] = time.time(); return {"cursor": {"id": Int64(i), "ns": c[2], "nextBatch": b, "postBatchResumeToken": c[0].token()}}
        with c[4]: b, done, c[0] = s.batch(c[0], int(cmd.get("batchSize") or 10**9)); c[3] = time.time()
        if done: s.kill(i)
        return {"cursor": {"id": Int64(0 if done else i), "ns": c[2], "nextBatch": b}}
    def kill(s, i):
        c = s.cur.pop(i, None)
        if c and c[1] is not None:
            with c[4]: c[5].close(); s.st.rfree(c[1])
        return c is not None
    def c_killCursors(s, cmd, *a): k = [(int(i), s.kill(int(i))) for i in cmd["cursors"]]; return {"cursorsKilled": [Int64(i) for i, x in k if x], "cursorsNotFound": [Int64(i) for i, x in k if not x], "cursorsAlive": [], "cursorsUnknown": []}
    def c_find(s, cmd, db, txn, me):
        name = cmd["find"]; c = s.st.coll(db, name); flt = cmd.get("filter", {}); sort = list(cmd["sort"].items()) if cmd.get("sort") else None; lim = int(cmd.get("limit") or 0); single = cmd.get("singleBatch", False) or lim < 0; ns = f"{db}.{name}"
        if c and "viewOn" in c.opts: return s.c_aggregate({"aggregate": name, "pipeline": [x for x in ({"$match": flt}, {"$sort": cmd.get("sort")} if sort else None, {"$skip": cmd["skip"]} if cmd.get("skip") else None, {"$limit": abs(lim)} if lim else None) if x], "cursor": {}}, db, txn, me)
        proj = cmd.get("projection"); pj = compile_proj(proj, flt, collation_fold(cmd.get("collation"))); sc = proj and any(type(v) is dict and "$meta" in v for v in proj.values()); vs = s.lets(cmd)
        if c is None: compile_filter(flt, None, {"vars": vs}); return {"cursor": {"id": Int64(0), "ns": ns, "firstBatch": []}}
        e = s.st.env(c) if sc else None
        def gen(conn):
            q = s.st.query(conn, c, flt, sort, int(cmd.get("skip") or 0), abs(lim), s.collation(cmd, c), cmd.get("hint"), vs)
            try:
                for _, d, _ in q: yield pj(d, score=e["score"](flt["$text"], d)) if sc else pj(d) if pj else d
            finally: q.close()
        if txn is not None or s.st.mem:
            with s.st.reader(txn) as r: return s.open_cursor(ns, iter(list(gen(r))), cmd, None, single)
        conn = s.st.rconn()
        try: return s.open_cursor(ns, gen(conn), cmd, conn, single)
        except BaseException: s.st.rfree(conn); raise
    def c_count(s, cmd, db, txn, me):
        c = s.st.coll(db, cmd["count"]); q = cmd.get("query") or {}
        if c and "viewOn" in c.opts: return {"n": len(s.run_agg(db, cmd["count"], [{"$match": q}], txn, {}))}
        if c is None: return {"n": 0}
        with s.st.reader(txn) as r:
            n = r.execute(f"SELECT count(*) FROM {c.D}").fetchone()[0] if not q else sum(1 for _ in s.st.query(r, c, q, coll=s.collation(cmd, c), hint=cmd.get("hint")))
        n = max(0, n - int(cmd.get("skip") or 0)); l = int(cmd.get("limit") or 0); return {"n": min(n, abs(l)) if l else n}
    def c_distinct(s, cmd, db, txn, me):
        c = s.st.coll(db, cmd["distinct"]); parts = cmd["key"].split("."); out = {}; cf = collation_fold(s.collation(cmd, c))
        with s.st.reader(txn) as r:
            for _, d, _ in s.st.query(r, c, cmd.get("query") or {}, coll=s.collation(cmd, c), hint=cmd.get("hint")):
                for v in walk(d, parts):
                    for x in v if type(v) is list else (v,):
                        if x is not MISS: out.setdefault(tkey(x, cf), x)
        return {"values": [out[k] for k in sorted(out)]}
    def run_agg(s, db, name, pl, txn, vs, coll=None, conn=None, hint=None):
        """list of documents; $match/$sort/$skip/$limit prefix is pushed into the index planner"""
        c = s.st.coll(db, name) if isinstance(name, str) else None
        if c is not None and "viewOn" in c.opts: return s.run_agg(db, c.opts["viewOn"], list(c.opts.get("pipeline", [])) + pl, txn, vs, coll, conn)
        own = None
        if conn is None: own = s.st.reader(txn); conn = own.__enter__()
        try: return list(s.iter_agg(db, c, pl, txn, vs, coll, conn, hint))
        finally:
            if own: own.__exit__(None, None, None)
    def iter_agg(s, db, c, pl, txn, vs, coll, conn, hint=None):
        coll = coll or (c.opts.get("collation") if c else None); flt, sort, i = {}, None, 0; ms = []
        while i < len(pl) and type(pl[i]) is dict and "$match" in pl[i] and len(pl[i]) == 1: ms.append(pl[i]["$match"]); i += 1
        if ms: flt = ms[0] if len(ms) == 1 else {"$and": ms}
        if i < len(pl) and "$sort" in pl[i] and not any(type(x) is dict for x in pl[i]["$sort"].values()): sort = list(pl[i]["$sort"].items()); i += 1
        skip = lim = 0
        if i < len(pl) and "$skip" in pl[i]: skip = int(pl[i]["$skip"]); i += 1
        if i < len(pl) and "$limit" in pl[i]:
            lim = int(pl[i]["$limit"]); i += 1
            if lim <= 0: raise MErr(15958, "the limit must be positive")
        rest = pl[i:]
        if rest and not flt and not sort and not lim and not skip and len(rest) == 1 and rest[0] in ({"$group": {"_id": 1, "n": {"$sum": 1}}},) and c is not None:
            n = conn.execute(f"SELECT count(*) FROM {c.D}").fetchone()[0]
            if n: yield {"_id": 1, "n": n}
            return
        now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None); now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        ctx = {"vars": {"NOW": now, **vs}, "cf": collation_fold(coll), "env": s.st.env(c, vs), "run": lambda f, p, v: s.run_agg(*((f["db"], f["coll"]) if type(f) is dict else (db, f)), p, txn, v, coll, conn), "write": lambda k, a, it: s.agg_out(db, k, a, it, txn, vs), "stats": lambda k: {"ns": c.ns if c else "", "count": s.count(c) if c else 0}}
        f = A.compile_pipeline(rest, ctx)
        src = iter([{}]) if c is None and rest and ("$documents" in rest[0]) else (d for _, d, _ in s.st.query(conn, c, flt, sort, skip, lim, coll, hint, vs)) if c is not None else iter([])
        if c is None and flt: compile_filter(flt, None, ctx["env"])
        yield from f(src, ctx)
    def agg_out(s, db, k, a, it, txn, vs):
        docs = list(it)
        with s.st.writer(txn):
            if k == "$out":
                d, n = (db, a) if isinstance(a, str) else (a["db"], a["coll"]); c = s.st.ensure(d, n)
                for rid, v in s.st.w.execute(f"SELECT rid,v FROM {c.D}").fetchall(): s.st.delete(c, rid, dec(v))
                for x in docs: s.st.insert(c, x)
                return iter([])
            into = a if isinstance(a, str) else a["into"]; d, n = (db, into) if isinstance(into, str) else (into.get("db", db), into["coll"]); o = a if type(a) is dict else {}; on = o.get("on", "_id"); on = [on] if isinstance(on, str) else on; wm = o.get("whenMatched", "merge"); wn = o.get("whenNotMatched", "insert"); c = s.st.ensure(d, n)
            if on != ["_id"] and not any(i.unique and {x for x, _ in i.key} == set(on) for i in c.indexes.values()): raise MErr(51183, "Cannot find index to verify that join fields will be unique")
            for x in docs:
                q = {}
                for f in on:
                    v = A.fieldpath(f)(x)
                    if v is MISS and f == "_id": v = ObjectId(); x = {"_id": v, **x}
                    if nul(v) or type(v) is list: raise MErr(51132, f"$merge write error: 'on' field '{f}' cannot be missing, null, undefined or an array")
                    q[f] = v
                r = next(iter(list(s.st.query(s.st.w, c, q, limit=1))), None)
                if r is None:
                    if wn == "insert": s.st.insert(c, x)
                    elif wn == "fail": raise MErr(13113, "$merge could not find a matching document in the target collection for at least one document in the source collection")
                elif wm == "replace": s.st.replace(c, r[0], r[1], r[2], {"_id": r[1]["_id"], **{p: y for p, y in x.items() if p != "_id"}})
                elif wm == "merge": s.st.replace(c, r[0], r[1], r[2], {**r[1], **{p: y for p, y in x.items() if p != "_id" or True}})
                elif wm == "fail": s.st.insert(c, x)
                elif type(wm) is list: lv = {p: A.compile_expr(e)(x, {"ROOT": x, "CURRENT": x}) for p, e in o.get("let", {"new": "$$ROOT"}).items()}; s.st.replace(c, r[0], r[1], r[2], next(iter(A.compile_pipeline(wm, {"cf": None})(iter([r[1]]), {"vars": {**vs, **lv}}))))
        return iter([])
    def c_aggregate(s, cmd, db, txn, me):
        name, pl = cmd["aggregate"], cmd["pipeline"]; ns = f"{db}.{name if isinstance(name, str) else '$cmd.aggregate'}"; vs = s.lets(cmd)
        if pl and "$changeStream" in pl[0]:
            cs = ChangeStream(s.st, None if pl[0]["$changeStream"].get("allChangesForCluster") else db, name if isinstance(name, str) else None, pl[0]["$changeStream"], A.compile_pipeline(pl[1:], {"cf": None})); i = next(s.cid); s.cur[i] = [cs, None, ns, time.time(), threading.Lock()]
            return {"cursor": {"id": Int64(i), "ns": ns, "firstBatch": [], "postBatchResumeToken": cs.token()}, "operationTime": Timestamp(int(time.time()), 1)}
        if "explain" in cmd: return {"stages": []}
        for q, st in enumerate(pl):
            if ("$out" in st or "$merge" in st) and q != len(pl) - 1: raise MErr(40601, "$out/$merge can only be the final stage in the pipeline")
        docs = s.run_agg(db, name, pl, txn, vs, cmd.get("collation"), None, cmd.get("hint")); return s.open_cursor(ns, iter(docs), cmd)
    def c_explain(s, cmd, db, txn, me):
        x = cmd["explain"]; name = x.get("find") or x.get("count") or x.get("aggregate") or x.get("delete") or x.get("update"); c = s.st.coll(db, name); flt = x.get("filter") or x.get("query") or {}; st = {}; sort = list(x["sort"].items()) if x.get("sort") else None; t = time.time()
        with s.st.reader() as r: n = sum(1 for _ in s.st.query(r, c, flt, sort, int(x.get("skip") or 0), abs(int(x.get("limit") or 0)), s.collation(x, c), x.get("hint"), stats=st)) if c else 0
        k, i, b, so = st.get("plan", ("scan", None, None, False)); p = {"stage": "COLLSCAN"} if k == "scan" else {"stage": "FETCH", "inputStage": {"stage": "IXSCAN", "indexName": i.name if i else "_id_", "keyPattern": dict(i.key) if i else {"_id": 1}}}
        if sort and not so: p = {"stage": "SORT", "inputStage": p}
        return {"queryPlanner": {"namespace": f"{db}.{name}", "winningPlan": p, "rejectedPlans": []}, "executionStats": {"executionSuccess": True, "nReturned": n, "executionTimeMillis": int((time.time() - t) * 1000), "totalDocsExamined": st.get("examined", 0)}, "serverInfo": {"version": "8.0.0"}}
    # ---------------- background
    def ttl_loop(s):
        while not s.stop_ev.wait(s.ttl_s):
            try: s.ttl()
            except Exception: traceback.print_exc()
            for i, c in list(s.cur.items()):
                if time.time() - c[3] > 600: s.kill(i)
            with s.st.lock: s.st.reap()
    def ttl(s):
        now = to_ms(dt.datetime.now(dt.timezone.utc))
        for c in list(s.st.cat.values()):
            for i in list(c.indexes.values()):
                x = i.spec.get("expireAfterSeconds")
                if x is None or len(i.key) != 1: continue
                lim = now - int(x * 1000); lo, hi = b"\x2d", ks(from_ms(lim))
                if i.fields[0][1] < 0: lo, hi = nxt(hi.translate(INV)), nxt(b"\xd2")
                with s.st.reader() as r:
                    if not r.execute(f"SELECT 1 FROM x{i.iid} WHERE k>=? AND k<=? LIMIT 1", (lo, hi)).fetchone(): continue
                with s.st.writer() as w:
                    for rid, v in w.execute(f"SELECT d.rid,d.v FROM x{i.iid} x JOIN {c.D} d ON d.rid=x.rid WHERE x.k>=? AND x.k<=? LIMIT 5000", (lo, hi)).fetchall(): s.st.delete(c, rid, dec(v))
class ChangeStream:
    def __init__(s, st, db, coll, opt, pipe):
        s.st, s.db, s.coll, s.opt, s.pipe = st, db, coll, opt, pipe; t = opt.get("resumeAfter") or opt.get("startAfter"); s.pos = int(t["_data"], 16) if t else st.opseq
        if t and st.oplog and s.pos < st.oplog[0][0] - 1 or (t and not st.oplog and s.pos != st.opseq): raise MErr(286, "Resume of change stream was not possible, as the resume point may no longer be in the oplog.")
    def token(s): return {"_data": f"{s.pos:024x}"}
    def pull(s, wait, n):
        end = time.time() + wait; out = []
        with s.st.opcond:
            while not out:
                if s.st.oplog and s.st.oplog[-1][0] > s.pos:
                    buf = []
                    for e in reversed(s.st.oplog):
                        if e[0] <= s.pos: break
                        buf.append(e)
                    for e in reversed(buf):
                        s.pos = e[0]
                        if (s.db is None or e[2] == s.db) and (s.coll is None or e[3] == s.coll): out += list(s.pipe(iter([s.event(e)]), {"vars": {}}))
                        if len(out) >= n: break
                if out: break
                r = end - time.time()
                if r <= 0: break
                s.st.opcond.wait(r)
        return out
    def event(s, e):
        seq, op, db, coll, _id, old, new = e; ev = {"_id": {"_data": f"{seq:024x}"}, "operationType": op, "clusterTime": Timestamp(seq >> 10 // 1 & 0x7fffffff, seq & 0x3ff), "wallTime": dt.datetime.now(dt.timezone.utc), "ns": {"db": db, "coll": coll}}
        if op == "drop": return ev
        ev["documentKey"] = {"_id": _id}
        if op in ("insert", "replace"): ev["fullDocument"] = dec(new)
        if op == "update":
            a, b = dec(old), dec(new); up, rm = {}, []; diff(a, b, "", up, rm); ev["updateDescription"] = {"updatedFields": up, "removedFields": rm, "truncatedArrays": []}
            if s.opt.get("fullDocument") in ("updateLookup", "whenAvailable", "required"): ev["fullDocument"] = b
        return ev
def diff(a, b, pre, up, rm):
    for k in a:
        if k not in b: rm.append(pre + k)
    for k, v in b.items():
        if k not in a: up[pre + k] = v
        elif tkey(a[k]) != tkey(v) or type(a[k]) is not type(v):
            if type(v) is dict and type(a[k]) is dict: diff(a[k], v, pre + k + ".", up, rm)
            else: up[pre + k] = v
def nul(v): return v is None or v is MISS
def main():
    ap = argparse.ArgumentParser(); ap.add_argument("--db", required=True); ap.add_argument("-p", "--port", type=int, default=0); ap.add_argument("--unix"); ap.add_argument("--sync", default="NORMAL"); ap.add_argument("--user"); ap.add_argument("--tls"); ap.add_argument("--data-dir"); ap.add_argument("-j"); ap.add_argument("--pid-file"); ap.add_argument("--log-file"); ap.add_argument("--standalone", action="store_true"); ap.add_argument("--watch-stdin", action="store_true", help="stop when stdin reaches EOF (parent died)"); a = ap.parse_args()
    sv = Server(a.db, port=a.port, unix=a.unix, sync=a.sync, user=a.user, password=os.environ.get("EMB_PASSWORD"), tls=a.tls, setname=None if a.standalone else "rs0"); print("READY", sv.uri, flush=True)
    def bye(*_): raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, bye)
    if a.watch_stdin:
        def orphan():
            while os.read(0, 1): pass
            os.kill(os.getpid(), signal.SIGTERM) if os.name != "nt" else (sv.stop(), os._exit(0))
        threading.Thread(target=orphan, daemon=True).start()
    try: sv.start(); threading.Event().wait()
    except KeyboardInterrupt: pass
    sv.stop()
