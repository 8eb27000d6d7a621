"""What each metric measures, in the words of Agora's document, for whoever is asked by a customer."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import CONCURRENT_CHANNEL, TRANSCODE_DURATION

Words = str | Promise

AGGREGATE = _(
    "The class follows the aggregate resolution: the pixels of all the video that a user receives at the same time, "
    "added up. Four small pictures at once can be HD."
)
PEAK = _(
    "A peak: a day is the sum of each project’s highest number on that day, a month the sum of each project’s highest "
    "number in that month. Days cannot be added up."
)
HOSTING_IN = _("Hosting-in is the audio and video of hosts that enters the transcoder.")
SD = _("SD is video up to 640×360.")
HD = _("HD is video above 640×360 and up to 1280×720.")
HDP = _("HDP is video above 1280×720, 2K and beyond included.")


def _joined(*words: Words) -> Words:
    return format_lazy(" ".join(["{}"] * len(words)), *words)


OF_ALL: Mapping[str, Words] = {
    "audioAll": _("Total audio, of hosts and audience together: time in which only audio was received."),
    "videoAll": _("Total video, of hosts and audience together: SD, HD and HDP added up."),
    "sdAll": _joined(_("SD video of hosts and audience together."), SD, AGGREGATE),
    "hdAll": _joined(_("HD video of hosts and audience together."), HD, AGGREGATE),
    "hdpAll": _joined(_("HDP video of hosts and audience together."), HDP, AGGREGATE),
    "audioAudience": _("Total audio of the audience; hosts are not in it."),
    "sdAudience": _joined(_("SD video of the audience; hosts are not in it."), SD, AGGREGATE),
    "hdAudience": _joined(_("HD video of the audience; hosts are not in it."), HD, AGGREGATE),
    "hdpAudience": _joined(_("HDP video of the audience; hosts are not in it."), HDP, AGGREGATE),
    "dau": _(
        "Daily active users: who was active on two days counts on both, so that days cannot be added up. A day is the "
        "sum over projects, a month is what Agora reports for the month."
    ),
}
OF_CLASSES: Mapping[str, Words] = {
    "avcSd": _joined(_("H.264 SD video hosting-in."), SD),
    "avcHd": _joined(_("H.264 HD video hosting-in."), HD),
    "avcHdp": _joined(_("H.264 HDP video hosting-in."), HDP),
    "hevcAudio": _("H.265 audio hosting-in."),
    "hevcSd": _joined(_("H.265 SD video hosting-in."), SD),
    "hevcHd": _joined(_("H.265 HD video hosting-in."), HD),
    "hevcHdp": _joined(_("H.265 HDP video hosting-in."), HDP),
    "audioHostin": _("Audio hosting-in, of H.264 and H.265 together."),
}
OF_TRANSCODING: Mapping[str, Words] = {
    **OF_CLASSES,
    "avcAudio": _("Total audio of transcoding."),
    "videoSingleHost": _("H.264 video of a single host."),
}
OF_CHANNELS: Mapping[str, Words] = {
    **OF_CLASSES,
    "avcTotal": _("Total concurrent channels: H.264 video hosting-in."),
    "avcTotalHostin": _("Total H.264 hosting-in, audio and video."),
    "avcTotalVideoHostin": _("H.264 video hosting-in of all classes."),
    "avcAudio": _("H.264 audio hosting-in."),
    "videoSingleHost": _("H.264 video of a single host."),
}


def metric_help(metric: str) -> Words:
    """What a metric measures and whether it adds up; '' for one that the document does not know."""
    group, _dot, name = metric.rpartition(".")
    if not group:
        return OF_ALL.get(name, "")
    known = {TRANSCODE_DURATION: OF_TRANSCODING, CONCURRENT_CHANNEL: OF_CHANNELS}.get(group, {})
    return _joined(known[name], HOSTING_IN, PEAK) if name in known else ""
