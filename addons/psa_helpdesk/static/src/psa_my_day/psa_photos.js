import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

export const MOST_PHOTOS = 10;
const LONGEST_SIDE = 1600;

/**
 * A photo as it is sent: no side longer than 1600 pixels, as JPEG. A phone's own pictures would take minutes by radio.
 *
 * @param {File} file
 * @returns {Promise<{ name: string, data: string }>}
 */
export async function shrinkPhoto(file) {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return { name: file.name, data: canvas.toDataURL("image/jpeg", 0.85) };
}

/** Photos taken here or chosen, each with a way to remove it. */
export class PsaPhotos extends Component {
    static template = "psa_helpdesk.PsaPhotos";
    static props = { photos: Array, say: Function };

    async onChange(ev) {
        const input = ev.target;
        for (const file of input.files) {
            if (this.props.photos.length >= MOST_PHOTOS) {
                this.props.say(_t("At most %s photos fit into a report.", MOST_PHOTOS));
                break;
            }
            try {
                this.props.photos.push(await shrinkPhoto(file));
            } catch {
                this.props.say(_t("%s is no picture. Take the photo again.", file.name));
            }
        }
        input.value = "";
    }

    remove(index) {
        this.props.photos.splice(index, 1);
    }

    describeRemoval(photo) {
        return _t("Remove %s", photo.name);
    }

    describe(photo, index) {
        return _t("Photo %(number)s: %(name)s", { number: index + 1, name: photo.name });
    }
}
