from odoo.addons.psa_helpdesk.logic.rule_chain import Chain


def test_depth_one_to_five_act_and_six_is_capped():
    chain, capped = Chain(), []
    for _step in range(6):
        chain.pending.append("change")
        assert chain.go_deeper() == ["change"]
        capped.append(chain.is_capped)
    assert capped == [False] * 5 + [True]


def test_a_rule_acts_once_per_ticket_and_chain():
    chain = Chain()
    assert chain.claim(1, [10, 11]) == {10, 11}
    assert chain.claim(1, [11, 12]) == {12}
    assert chain.claim(2, [10]) == {10}
    assert Chain().claim(1, [10]) == {10}
