"""Everything that is checked: ``nox`` runs the default sessions, ``nox -l`` lists all of them."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
DISTRIBUTIONS = [ROOT, *PLUGINS]
EXAMPLES = sorted(path.parent for path in ROOT.glob("docs/examples/*/pyproject.toml"))
# A worker a core; ``--dist worksteal``: some files take a hundred times as long as others.
PARALLEL = ["--numprocesses=logical", "--dist=worksteal"]
# Where files of the packages are read or programs are started. The rest are functions that no packaging can change, or
# what the sessions examples, template and tutorial do with wheels as well.
AS_SHIPPED = [
    "plugins",
    "tests/cli",
    "tests/plugins",
    "tests/schemas/test_shipped_examples.py",
    "tests/server/test_event_intake.py",
    "tests/server/test_live_protocol.py",
]
# Plugins with every option of the template: names of the shortest and the longest kind, each hook alone and both.
RENDERED = [
    ["x"],
    ["deploy", "--type", "deployment", "--enrich", "--says", "a version was put into an environment"],
    ["git_commit", "--emit"],
    [
        *("a_name_of_thirty_characters_ok", "--type", "a_type.of_forty_characters.in_four_parts", "--enrich", "--emit"),
        *("--says", "many words are said here, as many as there can be, and no m"),
        *("--namespace", "/a-namespace-of-forty-characters-and-no"),
    ],
]
PYPROJECT = nox.project.load_toml("pyproject.toml")

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_external_run = True
nox.options.sessions = [
    "lint",
    "tests",
    "wheels",
    "examples",
    "compatibility",
    "template",
    "tutorial",
    "docs",
    "oldest",
    "javascript",
]


def group(name: str) -> list[str]:
    """The requirements of a dependency group of ``pyproject.toml``."""
    return list(nox.project.dependency_groups(PYPROJECT, name))


def own_folder(session: nox.Session) -> Path:
    """A folder of the session's own; what tests write stays outside the repository, whose settings are not theirs."""
    folder = Path(session.create_tmp()).resolve()
    session.env["TMPDIR"] = tempfile.gettempdir()
    return folder


def install_editable(session: nox.Session, *requirements: str) -> None:
    """Install all distributions of the repository in one step, so that the resolver finds the core among them."""
    editables = [argument for path in PLUGINS for argument in ("-e", str(path))]
    session.install("-e", f"{ROOT}[fast]", *editables, *requirements)


def build_wheels(session: nox.Session) -> list[str]:
    """Build all distributions as users get them: the sdist, and the wheel from the sdist."""
    dist = own_folder(session) / "dist"
    # What an earlier run has built would be installed too.
    shutil.rmtree(dist, ignore_errors=True)
    session.install("build", "hatchling>=1.27")
    for path in DISTRIBUTIONS:
        # With an environment for each, this would take a minute.
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(dist), str(path), silent=True)
    return sorted(str(wheel) for wheel in dist.glob("*.whl"))


def wheels_of(session: nox.Session, paths: list[Path]) -> list[str]:
    """Build wheels straight from the sources, which takes a tenth of the time of :func:`build_wheels`."""
    dist = own_folder(session) / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    for path in paths:
        with session.chdir(path):
            session.run("python", "-m", "hatchling", "build", "-t", "wheel", "-d", str(dist), silent=True)
    return sorted(str(wheel) for wheel in dist.glob("*.whl"))


@nox.session(python=False, default=False)
def run(session: nox.Session) -> None:
    """Run a server from the source tree: ``nox -s run -- --port 9000``."""
    session.run("eventyard", "serve", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting and types."""
    install_editable(session, *group("lint"), *group("test"), "nox")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """The tests, against the source tree."""
    install_editable(session, *group("test"))
    session.run("pytest", *PARALLEL, *session.posargs)


@nox.session
def wheels(session: nox.Session) -> None:
    """What a user meets, against built wheels: finds what the packaging leaves out."""
    built = build_wheels(session)
    core = next(wheel for wheel in built if Path(wheel).name.startswith("eventyard-"))
    session.install(f"eventyard[fast] @ file://{core}", *(each for each in built if each != core), *group("test"))
    session.run("pytest", *PARALLEL, *(session.posargs or AS_SHIPPED))


@nox.session
def examples(session: nox.Session) -> None:
    """The plugins of ``docs/examples``, installed as wheels like those of strangers."""
    session.install(*group("test"))
    session.install(*wheels_of(session, [*DISTRIBUTIONS, *EXAMPLES]))
    session.run("pytest", *PARALLEL, *(session.posargs or [str(path / "tests") for path in EXAMPLES]))


@nox.session
def compatibility(session: nox.Session) -> None:
    """The examples as they were built for earlier versions of the hook contract, with the core of today."""
    session.install(*group("test"))
    session.install(*wheels_of(session, DISTRIBUTIONS))
    for folder in sorted((ROOT / "tests" / "compatibility" / "wheels").iterdir()):
        # Their requirements may leave out the core of today: whether they work all the same is what is asked.
        session.install("--no-deps", *(str(wheel) for wheel in sorted(folder.glob("*.whl"))))
        session.run("pytest", "tests/compatibility", env={"EVENTYARD_OLD_WHEELS": folder.name})


@nox.session
def template(session: nox.Session) -> None:
    """Plugins made by ``eventyard plugins new`` of the core's wheel pass what their own CI runs, with every option."""
    session.install(*group("lint"), "editables", "hatchling")
    # Outside the repository: its settings, and what it ignores, are not theirs.
    with tempfile.TemporaryDirectory() as temporary:
        session.run("python", "-m", "hatchling", "build", "--target", "wheel", "--directory", temporary, silent=True)
        (core,) = Path(temporary).glob("*.whl")
        session.install(f"eventyard[fast,template,testing] @ file://{core}")
        for options in RENDERED:
            with session.chdir(temporary):
                session.run("eventyard", "plugins", "new", *options, "--defaults", silent=True)
        for folder in sorted(Path(temporary).glob("eventyard-*/")):
            session.install("--no-build-isolation", "--no-deps", "-e", str(folder))
            workflow = (folder / ".github" / "workflows" / "test.yml").read_text("utf-8")
            commands = [line.partition("- run: ")[2].split() for line in workflow.splitlines() if "- run: " in line]
            with session.chdir(folder):
                for command in commands:
                    if command[0] not in {"pip", "python"}:
                        session.run(*command, env={"MYPY_CACHE_DIR": str(Path(temporary) / "mypy")})


@nox.session
def tutorial(session: nox.Session) -> None:
    """The tutorial, from top to bottom, in a new environment that has nothing but our wheels and what they require."""
    session.install(*group("test"))
    built = wheels_of(session, DISTRIBUTIONS)
    # The runner itself reads pages with a server of its own.
    session.install(*built)
    session.run("pytest", "tests/docs/test_fresh_install.py", env={"EVENTYARD_WHEELS": str(Path(built[0]).parent)})


@nox.session
def docs(session: nox.Session) -> None:
    """The pages as a site; what Sphinx warns of, such as a link that leads nowhere, is an error."""
    session.install(*group("docs"))
    site = own_folder(session) / "site"
    shutil.rmtree(site, ignore_errors=True)
    session.run("sphinx-build", "--fail-on-warning", "--keep-going", "-q", "-j", "auto", "-c", "docs", ".", str(site))
    session.log(f"The site begins at {site / 'docs' / 'index.html'}")


@nox.session(default=False)
def pages(session: nox.Session) -> None:
    """Write the pages that are made of the code anew."""
    install_editable(session, *group("test"))
    session.run("python", "docs/_reference")


@nox.session
def reference(session: nox.Session) -> None:
    """The tests without the ``fast`` extra: the reference schema engine and the standard event loop."""
    editables = [argument for path in DISTRIBUTIONS for argument in ("-e", str(path))]
    session.install(*editables, *group("test"))
    session.run("pytest", *PARALLEL, *session.posargs)


@nox.session
def oldest(session: nox.Session) -> None:
    """Access, and the delivery, which reaches behind python-socketio, with the oldest versions that are supported."""
    install_editable(session, *group("test"))
    session.install("aiohttp==3.11.18", "python-engineio==4.15.1", "python-socketio==5.16.3")
    session.run(
        "pytest",
        "tests/delivery",
        "tests/server/test_access.py",
        "tests/server/test_scopes.py",
        "tests/server/test_live_protocol.py",
        "tests/server/test_plain_posts.py",
        *PARALLEL,
        *session.posargs,
    )


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Eventyard and its peers on this machine: ``nox -s bench -- --json results.json``; ``-- --help`` tells more."""
    install_editable(session, *group("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs, env={"BENCHMARK_NODE": node_peers(session)})


def node_peers(session: nox.Session) -> str:
    """Install the peers that run on Node.js, and give their folder; empty where there is no Node.js."""
    npm = shutil.which("npm")
    if npm is None:
        session.warn("There is no npm on this machine: socket.io on Node.js is left out")
        return ""
    folder = own_folder(session) / "peers"
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "benchmarks" / "peers" / "package.json", folder)
    with session.chdir(folder):
        session.run(npm, "install", "--no-audit", "--no-fund", external=True, silent=True)
    return str(folder)


@nox.session(default=False, python="3.11")
def instructions(session: nox.Session) -> None:
    """The instructions that the hot functions take, against the baseline: no timing, so it fails or not everywhere.

    It needs valgrind; ``-- --update`` makes a new baseline.
    """
    if shutil.which("valgrind") is None:
        session.error("valgrind is needed, and this machine has none")
    install_editable(session)
    # Another release of a package may take more instructions by itself.
    counted = json.loads((ROOT / "benchmarks" / "instructions" / "baseline.json").read_text("utf-8"))["environment"]
    session.install(*(f"{name}=={at}" for name, at in counted.items() if name not in {"machine", "python"}))
    session.run("python", "-m", "benchmarks.instructions", *session.posargs)


@nox.session
def javascript(session: nox.Session) -> None:
    """The stock JavaScript client under Node.js against a real server; generated TypeScript; AsyncAPI's own schema."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        if os.environ.get("CI"):
            session.error("Node.js with npm is needed, and this machine has none")
        session.skip("Node.js with npm is needed, and this machine has none")
    install_editable(session, *group("test"))
    client = own_folder(session) / "client"
    client.mkdir(exist_ok=True)
    shutil.copy(ROOT / "tests" / "javascript" / "package.json", client)
    with session.chdir(client):
        session.run(npm, "install", "--no-audit", "--no-fund", external=True, silent=True)
    session.run(
        "pytest",
        "tests/javascript",
        "tests/catalogue",
        "tests/docs/test_pages.py",
        env={"EVENTYARD_NODE_MODULES": str(client)},
    )


@nox.session(default=False)
def faults(session: nox.Session) -> None:
    """Servers that are killed, disks that fail, clients that do not read, at full length; prints the figures.

    ``EVENTYARD_FAULT_FIGURES=figures.json`` writes them to a file too, ``EVENTYARD_FAULT_SEED`` repeats the random
    moments of a run; see docs/reliability.md.
    """
    install_editable(session, *group("test"))
    # One test after the other: they load the machine by themselves.
    session.run("pytest", "tests/faults", *session.posargs, env={"EVENTYARD_FAULTS": "full"})
