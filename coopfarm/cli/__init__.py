"""The workbench: `coopfarm COMMAND`, each loaded only when it is called."""

from importlib import import_module

import click

# Name → where it is. A command that plans a file must not wait for the web to load.
_COMMANDS = {
    "audit": "coopfarm.cli.audit:audit",
    "backup": "coopfarm.cli.keeping:backup",
    "certify": "coopfarm.cli.planning_by_file:certify",
    "check": "coopfarm.cli.upkeep:check",
    "doctor": "coopfarm.cli.doctor:doctor",
    "import": "coopfarm.cli.land_import:import_",
    "init": "coopfarm.cli.upkeep:init",
    "permissions": "coopfarm.cli.permissions:permissions",
    "pests": "coopfarm.cli.pests:pests",
    "plan": "coopfarm.cli.water:plan",
    "replay": "coopfarm.cli.water:replay",
    "reset-second-factor": "coopfarm.cli.ways_in:reset_second_factor",
    "restore": "coopfarm.cli.keeping:restore",
    "run": "coopfarm.cli.serve:run",
    "seed": "coopfarm.cli.upkeep:seed",
    "sms": "coopfarm.cli.short_messages:sms",
    "solve": "coopfarm.cli.planning_by_file:solve",
    "weather": "coopfarm.cli.water:weather",
    "worker": "coopfarm.cli.serve:worker",
}


class Workbench(click.Group):
    """Finds a command by name and imports only the module it lives in."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is not a command")
        return command


@click.command(cls=Workbench)
@click.version_option(package_name="coopfarm")
def main() -> None:
    """Farming cooperatives share water, machines and hands, fairly."""
