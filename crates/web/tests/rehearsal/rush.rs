//! What a rush brings to the made-up centre: surges, and operators who are free all the same.

use super::*;

/// Of matters that ask for what they have not, and of other regions.
pub fn tell_why_idle(operators: &mut [OperatorView]) {
    for operator in operators.iter_mut().filter(|operator| operator.idle.is_some()) {
        let matter = usize::try_from(operator.operator.0 % 3).unwrap();
        operator.idle = Some(Idle { elsewhere: 40, matter, ..Idle::default() });
    }
}

pub fn surges(scene: Scene) -> Vec<SurgeView> {
    let surge = |class: &str, minutes: u64| SurgeView { class: ClassId::new(class), until: now().plus_ms(minutes * MINUTE) };
    if scene == Scene::Crowded { vec![surge("report", 88), surge("tip", 13)] } else { Vec::new() }
}
