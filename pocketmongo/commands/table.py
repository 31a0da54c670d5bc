"""Each command's handler, its fields, and who may run it where."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field

from pocketmongo.arguments import GENERIC_FIELDS
from pocketmongo.context import Context
from pocketmongo.limits import COLLECTION_OPTIONS
from pocketmongo.values import Document


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `fields` are its own, beside those every command may carry."""

    run: Callable[[Context], Document]
    fields: frozenset[str] = frozenset()
    # Fields that would change the result and are answered with NotImplemented.
    refused: frozenset[str] = frozenset()
    takes_anything: bool = False
    is_open_to_all: bool = False
    is_in_transactions: bool = False
    is_retryable: bool = False
    is_in_stable_api: bool = True
    all_fields: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all_fields", self.fields | GENERIC_FIELDS)


class _Handler:
    """A function of one of the modules here, imported when it is first called.

    A server that was just started answers before it has read all it may ever need.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name
        self._found: Callable[[Context], Document] | None = None

    def __call__(self, context: Context) -> Document:
        if self._found is None:
            self._found = self.load()
        return self._found(context)

    def load(self) -> Callable[[Context], Document]:
        """Import the function and return it."""
        module = importlib.import_module(f"{__package__}.{self._module}")
        found: Callable[[Context], Document] = getattr(module, self._name)
        return found


def load_all() -> None:
    """Import every command, so that nobody waits for it later."""
    for command in COMMANDS.values():
        if isinstance(command.run, _Handler):
            command.run.load()


def _fields(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _list_commands(_context: Context) -> Document:
    return {"commands": {name: {} for name in sorted(COMMANDS)}}


_FIND = Command(
    _Handler("reads", "find_command"),
    _fields(
        "find filter sort projection hint skip limit batchSize singleBatch collation let "
        "noCursorTimeout allowDiskUse allowPartialResults showRecordId returnKey min max "
        "tailable awaitData oplogReplay"
    ),
    refused=_fields("returnKey min max awaitData"),
    is_in_transactions=True,
)
_FIND_AND_MODIFY = Command(
    _Handler("writes", "find_and_modify"),
    _fields(
        "findAndModify findandmodify query sort remove update new fields upsert arrayFilters hint "
        "collation let bypassDocumentValidation"
    ),
    is_in_transactions=True,
    is_retryable=True,
)
_HELLO = Command(_Handler("handshake", "hello"), takes_anything=True, is_open_to_all=True)
_BUILD_INFO = Command(
    _Handler("handshake", "build_info"),
    takes_anything=True,
    is_open_to_all=True,
    is_in_stable_api=False,
)
_COLLECTION_STATISTICS = Command(
    _Handler("diagnostics", "collection_statistics"),
    _fields("collStats collstats scale"),
    refused=_fields("scale"),
    is_in_stable_api=False,
)

COMMANDS: dict[str, Command] = {
    # Reading
    "find": _FIND,
    "getMore": Command(
        _Handler("reads", "get_more"),
        _fields("getMore collection batchSize"),
        is_in_transactions=True,
    ),
    "killCursors": Command(
        _Handler("reads", "kill_cursors"), _fields("killCursors cursors"), is_in_transactions=True
    ),
    "count": Command(
        _Handler("reads", "count_command"),
        _fields("count query limit skip hint collation fields"),
        is_in_transactions=True,
    ),
    "distinct": Command(
        _Handler("reads", "distinct"),
        _fields("distinct key query collation hint"),
        is_in_transactions=True,
    ),
    "aggregate": Command(
        _Handler("aggregation", "aggregate_command"),
        _fields(
            "aggregate pipeline explain allowDiskUse cursor bypassDocumentValidation collation "
            "hint let"
        ),
        is_in_transactions=True,
    ),
    "explain": Command(_Handler("explaining", "explain"), _fields("explain verbosity")),
    # Writing
    "insert": Command(
        _Handler("writes", "insert_command"),
        _fields("insert documents ordered bypassDocumentValidation"),
        is_in_transactions=True,
        is_retryable=True,
    ),
    "update": Command(
        _Handler("writes", "update_command"),
        _fields("update updates ordered bypassDocumentValidation let"),
        is_in_transactions=True,
        is_retryable=True,
    ),
    "delete": Command(
        _Handler("writes", "delete_command"),
        _fields("delete deletes ordered let"),
        is_in_transactions=True,
        is_retryable=True,
    ),
    "findAndModify": _FIND_AND_MODIFY,
    "findandmodify": _FIND_AND_MODIFY,
    "bulkWrite": Command(
        _Handler("bulk", "bulk_write"),
        _fields("bulkWrite ops nsInfo ordered bypassDocumentValidation let errorsOnly cursor"),
        is_in_transactions=True,
        is_retryable=True,
    ),
    # Collections and databases
    "create": Command(
        _Handler("collections", "create"),
        _fields(
            "create timeseries expireAfterSeconds encryptedFields storageEngine "
            "indexOptionDefaults autoIndexId " + " ".join(COLLECTION_OPTIONS)
        ),
        refused=_fields(
            "timeseries expireAfterSeconds encryptedFields storageEngine indexOptionDefaults"
        ),
        is_in_transactions=True,
    ),
    "drop": Command(_Handler("collections", "drop"), _fields("drop")),
    "dropDatabase": Command(_Handler("collections", "drop_database"), _fields("dropDatabase")),
    "renameCollection": Command(
        _Handler("collections", "rename"),
        _fields("renameCollection to dropTarget"),
        is_in_stable_api=False,
    ),
    "collMod": Command(
        _Handler("collections", "collection_modify"),
        _fields(
            "collMod index validator validationLevel validationAction viewOn pipeline "
            "changeStreamPreAndPostImages expireAfterSeconds cappedSize cappedMax timeseries"
        ),
        refused=_fields("expireAfterSeconds cappedSize cappedMax timeseries"),
    ),
    "listCollections": Command(
        _Handler("collections", "list_collections"),
        _fields("listCollections filter nameOnly authorizedCollections cursor"),
    ),
    "listDatabases": Command(
        _Handler("collections", "list_databases"),
        _fields("listDatabases filter nameOnly authorizedDatabases"),
    ),
    # Indexes
    "createIndexes": Command(
        _Handler("indexes", "create_indexes"),
        _fields("createIndexes indexes commitQuorum"),
        is_in_transactions=True,
    ),
    "listIndexes": Command(_Handler("indexes", "list_indexes"), _fields("listIndexes cursor")),
    "dropIndexes": Command(_Handler("indexes", "drop_indexes"), _fields("dropIndexes index")),
    # Sessions and transactions
    "commitTransaction": Command(
        _Handler("sessions", "end_without_transaction"),
        _fields("commitTransaction recoveryToken"),
        is_in_transactions=True,
    ),
    "abortTransaction": Command(
        _Handler("sessions", "end_without_transaction"),
        _fields("abortTransaction recoveryToken"),
        is_in_transactions=True,
    ),
    "endSessions": Command(
        _Handler("sessions", "end_sessions"), _fields("endSessions"), is_open_to_all=True
    ),
    "killSessions": Command(_Handler("sessions", "end_sessions"), _fields("killSessions")),
    "refreshSessions": Command(
        _Handler("sessions", "refresh_sessions"), _fields("refreshSessions")
    ),
    # Saying hello and logging in
    "hello": _HELLO,
    "ismaster": _HELLO,
    "isMaster": _HELLO,
    "ping": Command(_Handler("handshake", "ping"), _fields("ping"), is_open_to_all=True),
    "buildInfo": _BUILD_INFO,
    "buildinfo": _BUILD_INFO,
    "saslStart": Command(
        _Handler("logins", "sasl_start"), takes_anything=True, is_open_to_all=True
    ),
    "saslContinue": Command(
        _Handler("logins", "sasl_continue"), takes_anything=True, is_open_to_all=True
    ),
    "logout": Command(_Handler("logins", "logout"), _fields("logout"), is_open_to_all=True),
    "connectionStatus": Command(
        _Handler("logins", "connection_status"), _fields("connectionStatus showPrivileges")
    ),
    # Diagnostics
    "listCommands": Command(_list_commands, _fields("listCommands"), is_in_stable_api=False),
    "getParameter": Command(
        _Handler("diagnostics", "get_parameter"), takes_anything=True, is_in_stable_api=False
    ),
    "setParameter": Command(
        _Handler("diagnostics", "set_parameters"), takes_anything=True, is_in_stable_api=False
    ),
    "serverStatus": Command(
        _Handler("diagnostics", "server_status"), takes_anything=True, is_in_stable_api=False
    ),
    "getCmdLineOpts": Command(
        _Handler("diagnostics", "command_line"), _fields("getCmdLineOpts"), is_in_stable_api=False
    ),
    "fsync": Command(
        _Handler("diagnostics", "flush"),
        _fields("fsync lock"),
        refused=_fields("lock"),
        is_in_stable_api=False,
    ),
    "hostInfo": Command(
        _Handler("diagnostics", "host_info"), _fields("hostInfo"), is_in_stable_api=False
    ),
    "dbStats": Command(
        _Handler("diagnostics", "database_statistics"),
        _fields("dbStats scale freeStorage"),
        refused=_fields("scale"),
        is_in_stable_api=False,
    ),
    "collStats": _COLLECTION_STATISTICS,
    "collstats": _COLLECTION_STATISTICS,
    "validate": Command(
        _Handler("diagnostics", "validate"),
        _fields("validate full scandata repair metadata checkBSONConformance background"),
        refused=_fields("repair"),
        is_in_stable_api=False,
    ),
}

# Commands of MongoDB that there are on purpose not, and what to do instead.
NOT_SUPPORTED = {
    "cloneCollectionAsCapped": "create a capped collection and copy with $out",
    "compact": "the file reuses the space of deleted documents by itself",
    "convertToCapped": "create a capped collection and copy with $out",
    "createRole": "every account may do everything",
    "createUser": "start it with --user NAME:PASSWORD",
    "currentOp": "it keeps no list of running operations",
    "dropUser": "start it without the account's --user",
    "filemd5": "compute the checksum in the client",
    "killOp": "it keeps no list of running operations",
    "mapReduce": "use an aggregation pipeline",
    "mapreduce": "use an aggregation pipeline",
    "profile": "it has no profiler",
    "reIndex": "drop the index and create it again",
    "replSetGetStatus": "it is a single machine",
    "rolesInfo": "every account may do everything",
    "shutdown": "end the process with SIGTERM",
    "top": "it keeps no usage statistics",
    "updateUser": "start it with another --user",
    "usersInfo": "accounts are given with --user",
}
