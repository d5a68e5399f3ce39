"""fundflow: a council's local school improvement fund, from bid to impact."""

from typing import Any

from flask import Flask
from sqlalchemy.pool import NullPool
from werkzeug.middleware.proxy_fix import ProxyFix

from fundflow import chain, database, models  # noqa: F401 (the chain listens; models registers the tables)
from fundflow.config import ROOT, settings
from fundflow.extensions import csrf, db, login_manager, mail, migrate


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """The application, to be served; `config` replaces the settings read from the environment, for tests.

    Raises SettingsWrong, also where the demonstration switch is set on other data.
    """
    app = build(config)
    if app.config["DEMO"]:
        from fundflow import demo

        with app.app_context():
            demo.refuse_other_data()
    return app


def build(config: dict[str, Any] | None = None) -> Flask:
    """The application as commands need it, before the first migration too. Raises SettingsWrong."""
    from fundflow.web import (
        access,
        addresses,
        compression,
        contacts,
        delays,
        errors,
        headers,
        jinja,
        logs,
        metrics,
        sentry,
        static,
        uploads,
    )

    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_url_path=static.ROUTE)
    app.config.from_mapping(config if config is not None else settings())
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", _engine_options(app))
    if app.config.get("PROXIES"):
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    mail.init_app(app)
    app.jinja_environment = jinja.Pages
    app.jinja_options = {"cache_size": -1}  # every page stays compiled: more than Jinja’s 400
    logs.prepare(app)
    sentry.prepare(app)
    metrics.prepare(app)  # measures what comes after
    uploads.prepare(app)  # before the first look into a request's body
    csrf.init_app(app)
    login_manager.init_app(app, add_context_processor=False)  # pages take `me`
    with app.app_context():
        for engine in db.engines.values():
            database.prepare(engine)

    addresses.prepare(app)  # before the first route
    jinja.prepare(app)
    delays.prepare(app)
    contacts.prepare(app)
    headers.prepare(app)
    errors.prepare(app)
    compression.prepare(app)
    static.prepare(app)
    _rooms(app)
    from fundflow.cli import commands

    for command in commands():
        app.cli.add_command(command)
    access.guard(app)
    return app


def _engine_options(app: Flask) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True}  # what people typed is not for the log
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return options | ({"poolclass": NullPool} if app.config.get("TESTING") else {})
    connect = {"connect_timeout": database.CONNECT_SECONDS}
    return options | {"pool_pre_ping": True, "pool_size": 10, "connect_args": connect}


def _rooms(app: Flask) -> None:
    from fundflow import (
        accounts,
        advisers,
        applications,
        audit,
        brokering,
        desk,
        funds,
        help,
        impact,
        openings,
        panel,
        payments,
        personal,
        reports,
        review,
        schools,
        services,
        surveys,
    )
    from fundflow.desk.routes import letters
    from fundflow.web import bid_steps, health, metrics

    bid_steps.add_rest()
    for room in (
        accounts,
        schools,
        funds,
        applications,
        review,
        panel,
        payments,
        impact,
        reports,
        brokering,
        services,
        advisers,
        surveys,
        openings,
        personal,
        audit,
        help,
        desk,
        letters,
        bid_steps,
        health,
        metrics,
    ):
        app.register_blueprint(room.blueprint)
    if app.config["DEMO"]:
        from fundflow import demo

        app.register_blueprint(demo.blueprint)


__all__ = ["build", "create_app"]
