"""The actions: described in a form that Home Assistant reads, and exactly those that are registered."""

from pathlib import Path

import pytest

from .descriptions import agreement_faults, description_faults, registered_actions
from .files import ROOT, package


def test_the_actions_are_in_order() -> None:
    """The actions of the repository pass every check."""
    assert description_faults(ROOT, "services") == []
    assert agreement_faults(ROOT, "services", registered_actions(ROOT)) == []


def describe(root: Path, text: str) -> None:
    """Describe other actions in a copy."""
    (package(root) / "services.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Send:", "Send is no name"),
        ("send: {name: Send}", "send has the unknown key name"),
        ("send: {target: {entities: notify}}", "send has a target that is none"),
        (
            "send: {target: {device: {integration: smsgateway24}}}",
            "send filters devices in its target, which Home Assistant no longer supports",
        ),
        ("send: {fields: {text: {}}}", "send has a field text without a selector that works"),
        ("send: {fields: {text: {selector: {words: {}}}}}", "send has a field text without a selector that works"),
        (
            "send: {fields: {text: {selector: {text: {}}, description: Text}}}",
            "send has a field text with the unknown key description",
        ),
        ("send: {fields: {text: {selector: {text: {}}, default: }}}", "send has a field text with an empty default"),
        (
            "send: {fields: {text: {selector: {text: {}}, required: 'yes'}}}",
            "send has a field text that is neither required nor not",
        ),
        (
            "send: {fields: {text: {selector: {text: {}}}, more: {fields: {text: {selector: {text: {}}}}}}}",
            "send has the field text twice",
        ),
        (".text: {fields: {text: {selector: {text: {}}}}}", ".text is no name"),
        (
            "send: {fields: {text: {selector: {text: {}}, filter: {supported_features: []}}}}",
            "send has a field text that is filtered by a target, which is not there",
        ),
        (
            "send: {fields: {more: {closed: true, fields: {text: {selector: {text: {}}}}}}}",
            "send has a section more with the unknown key closed",
        ),
        (
            "send: {fields: {more: {collapsed: 'yes', fields: {text: {selector: {text: {}}}}}}}",
            "send has a section more that is neither collapsed nor not",
        ),
    ],
)
def test_a_wrong_description_is_noticed(copy: Path, text: str, fault: str) -> None:
    """What the visual editor could not show is found."""
    describe(copy, text)
    assert description_faults(copy, "services") == [fault]


def test_a_right_description_is_left_alone(copy: Path) -> None:
    """Targets, sections, defaults and anchors are fine."""
    describe(
        copy,
        """
        send:
          target: {entity: {domain: notify, integration: smsgateway24}}
          fields:
            text: {required: true, example: Supper, selector: &text {text: {multiline: true}}}
            note: {filter: {supported_features: [notify.NotifyEntityFeature.TITLE]}, selector: *text}
            more:
              collapsed: true
              fields:
                sim: {default: 0, selector: {select: {options: ["0", "1"]}}}
        """,
    )
    assert description_faults(copy, "services") == []


def test_an_action_that_nobody_describes_is_noticed(copy: Path) -> None:
    """Registered and described actions are the same."""
    describe(copy, "described:")
    (package(copy) / "newest.py").write_text(
        "from homeassistant.helpers.service import async_register_platform_entity_service\n"
        "from .const import DOMAIN\n"
        "REGISTERED = 'registered'\n"
        "def async_setup_newest(hass):\n"
        "    hass.services.async_register(DOMAIN, REGISTERED, print)\n"
        "    hass.services.async_register('notify', 'other', print)\n"
        "    async_register_platform_entity_service(hass, DOMAIN, 'registered_too', entity_domain='notify', func='f')\n",
        encoding="utf-8",
    )
    faults = agreement_faults(copy, "services", registered_actions(copy))
    assert {
        "described is in services.yaml, but nowhere else",
        "registered is not in services.yaml",
        "registered_too is not in services.yaml",
    } <= set(faults)
    assert not [fault for fault in faults if fault.startswith("other ")]
