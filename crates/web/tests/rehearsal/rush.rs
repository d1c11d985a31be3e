//! What a rush brings to the made-up centre: surges.

use super::*;

pub fn surges(scene: Scene) -> Vec<SurgeView> {
    let surge = |class: &str, minutes: u64| SurgeView { class: ClassId::new(class), until: now().plus_ms(minutes * MINUTE) };
    if scene == Scene::Crowded { vec![surge("report", 88), surge("tip", 13)] } else { Vec::new() }
}
