"""Who is on call this week, how people want to be told, and the mails that made no tickets."""

from datetime import timedelta
from email.message import EmailMessage

from odoo import Command

STEPS = (("First", "joe"), ("Second", "nina"))
DAYS = 7


def plan(world):
    """A rota of two steps for the nights; duties of a day each, with a gap that the ladder skips."""
    rota = world.env["psa.oncall.rota"].create(
        {
            "name": "Nights and weekends",
            "step_ids": [Command.create({"name": name}) for name, _login in STEPS],
        }
    )
    people = [world.user(login) for _name, login in STEPS]
    duties = [
        {
            "rota_id": rota.id,
            "step_id": step.id,
            "user_id": people[(number + day // 2) % len(people)].id,
            "start_at": world.at(world.today + timedelta(days=day), "18:00"),
            "stop_at": world.at(world.today + timedelta(days=day + 1), "08:00"),
        }
        for number, step in enumerate(rota.step_ids)
        for day in range(DAYS - number)
    ]
    world.env["psa.oncall.slot"].create(duties)
    world.env.ref("psa_helpdesk.psa_queue_noc").psa_oncall_rota_id = rota
    world.env["psa.notice.preference"].create(
        {
            "user_id": world.user("nina").id,
            "urgent_1": "push",
            "urgent_2": "sms",
            "urgent_3": "email",
            "normal_1": "inbox",
            "phone": "+1 207 555 0142",
            "quiet_from": 22,
            "quiet_to": 6.5,
        }
    )


def receive(world):
    """Mails of machines, which the gate keeps out of the tickets."""
    machines = (
        ("Out of office: Re: Your ticket", "Mia Torres <away@harbor-dental.example>", "I am back on Monday."),
        (
            "Automatic reply: holidays",
            "office@cobalt-freight.example",
            "Our office is closed until Thursday.",
        ),
    )
    for number, (subject, sender, text) in enumerate(machines):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "desk@brightwater-it.example", subject
        mail["Message-ID"] = f"<demo-machine-{number}@mail.example>"
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(text)
        world.env["mail.thread"].message_process("helpdesk.ticket", mail.as_bytes())
